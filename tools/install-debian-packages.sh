#!/usr/bin/env bash
# Installs what the test suites drive: three browsers and real SPICE servers, all from Debian.
# Does nothing when all is there, or where apt-get or the right to use it is missing.
set -u
packages=(
  # browsers, each of another engine
  chromium firefox-esr webkit2gtk-driver xvfb
  # SPICE servers and their guest agent
  xserver-xspice xserver-xorg-core spice-vdagent qemu-system-x86 qemu-system-common
  # the reference client and bridge
  websockify spice-html5 python3-numpy
  # what finds machines by name
  libvirt-clients libvirt-daemon libvirt-daemon-driver-qemu
  # what the X desktops show and how the tests work on them
  openbox xterm gtk-3-examples adwaita-icon-theme xfonts-base fonts-dejavu-core
  xdotool xclip x11-apps x11-utils x11-xserver-utils imagemagick
  openssl
  # what bridges work with: shared sessions, and the proxies in front
  redis-server haproxy nginx-light
  # what plays video on them, and the codecs of the servers' encoders
  gstreamer1.0-tools gstreamer1.0-x gstreamer1.0-plugins-base gstreamer1.0-plugins-good
  gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav
  # the clips of the video benchmark
  mpv ffmpeg
  # what builds the Debian guest of test:vm
  mmdebstrap debian-archive-keyring e2fsprogs qemu-utils
)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
command -v apt-get >/dev/null || { echo "apt-get is not here: not installing ${missing[*]}"; exit 1; }
sudo=()
if [ "$(id -u)" -ne 0 ]; then
  sudo -n true 2>/dev/null || { echo "no right to use apt-get: not installing ${missing[*]}"; exit 1; }
  sudo=(sudo -n)
fi
install() {
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o DPkg::Lock::Timeout=300 \
    --no-install-recommends "$@" >/dev/null
}
echo "Installing ${missing[*]}"
"${sudo[@]}" apt-get update -qq || echo "apt-get update failed; trying with the lists that are here"
install "${missing[@]}" && exit 0
# One package that this system does not have must not keep the others away.
status=0
for package in "${missing[@]}"; do
  install "$package" || { echo "not installed: $package"; status=1; }
done
exit $status
