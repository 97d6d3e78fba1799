#!/usr/bin/env bash
# Builds the disk, kernel and initrd of the Debian guest into directory $1 (guest.raw, vmlinuz, initrd.img).
# Needs root for the chroot; no loop device. Takes one to three minutes.
set -euo pipefail
out=$1
here=$(cd "$(dirname "$0")" && pwd)
root=$out/rootfs
. /etc/os-release

# The mirror that this system's own sources name for its release.
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
  awk -v release="$VERSION_CODENAME" '$2 == release && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || { echo "apt's sources name no mirror of $VERSION_CODENAME main"; exit 1; }

# linux-image-cloud-amd64 has neither DRM nor sound nor USB. Encoders of video run in QEMU, not in the guest.
packages=(
  systemd-sysv libpam-systemd dbus udev kmod iproute2
  linux-image-amd64 initramfs-tools zstd
  xserver-xorg-core xserver-xorg-video-qxl xserver-xorg-input-libinput xinit xauth xfonts-base
  openbox xterm x11-utils x11-xserver-utils x11-apps xdotool xclip
  spice-vdagent qemu-guest-agent spice-webdavd curl usbutils
  alsa-utils sox
  gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-x gstreamer1.0-alsa
)

# Files that no guest of a test opens: dpkg does not even unpack them.
kernel='/lib/modules/*/kernel'
excluded=(
  /usr/share/{doc,man,locale,info,lintian}/\*
  "$kernel"/drivers/net/{wireless,ethernet}/\*
  "$kernel"/drivers/{media,infiniband,iio,staging,mmc,mtd,isdn,hwmon,nvme,md,firewire,bluetooth,thunderbolt}/\*
  "$kernel"/drivers/gpu/drm/{amd,i915,nouveau,radeon,vmwgfx,gma500}/\*
  "$kernel"/drivers/scsi/\*
  "$kernel"/arch/x86/kvm/\*
  "$kernel"/sound/{soc,isa,firewire}/\*
  "$kernel"/net/{mac80211,wireless,bluetooth,netfilter,sched,sctp,ceph,batman-adv}/\*
  "$kernel"/fs/{xfs,btrfs,ocfs2,gfs2,ceph,nfs,nfsd,cifs,smb,ubifs,jfs,f2fs,afs,reiserfs,nilfs2}/\*
)
# USB storage needs the core and the disks of SCSI, not its host adapters.
included=("$kernel"/drivers/scsi/{scsi_mod,scsi_common,sd_mod,sr_mod,sg}.ko)
{
  echo force-unsafe-io
  printf 'path-exclude=%s\n' "${excluded[@]}"
  printf 'path-include=%s\n' "${included[@]}"
} >"$out/dpkg.cfg"
apt-config dump Acquire | grep -i proxy >"$out/apt.conf" || true
echo 'Acquire::Retries "3";' >>"$out/apt.conf"

stage() { echo "$(date +%T) $*"; }

stage "packages of $VERSION_CODENAME from $mirror"
export LC_ALL=C
# No initrd is made before it is known which modules it needs.
INITRD=No mmdebstrap --mode=root --variant=essential --format=directory \
  --aptopt="$out/apt.conf" --dpkgopt="$out/dpkg.cfg" --include="$(IFS=,; echo "${packages[*]}")" \
  "$VERSION_CODENAME" "$root" "$mirror" >"$out/packages.log" 2>&1 || { tail -20 "$out/packages.log"; exit 1; }

stage "kernel modules and initrd"
version=$(ls "$root/lib/modules")
chroot "$root" depmod "$version"
printf '%s\n' virtio_pci virtio_blk ext4 >"$root/etc/initramfs-tools/modules"
sed -i 's/^MODULES=.*/MODULES=list/' "$root/etc/initramfs-tools/initramfs.conf"
rm -f "$root"/boot/initrd.img*
chroot "$root" update-initramfs -c -k "$version" >>"$out/packages.log" 2>&1
mv "$root/boot/vmlinuz-$version" "$out/vmlinuz"
mv "$root/boot/initrd.img-$version" "$out/initrd.img"
chmod a+r "$out/vmlinuz"

stage "configuration"
rm -rf "$root"/boot/* "$root"/vmlinuz* "$root"/initrd*
# Directories of the overlay keep the modes that they have in the guest.
(cd "$here/guest" && find . -type f -exec install -D -m 644 -o root -g root {} "$root/{}" \;)
chmod 755 "$root/usr/local/bin/x-resize"
echo guest >"$root/etc/hostname"
printf '127.0.0.1 localhost guest\n' >"$root/etc/hosts"
echo 'root:root' | chroot "$root" chpasswd
echo '/dev/vda / ext4 defaults,noatime 0 1' >"$root/etc/fstab"
for unit in systemd-timesyncd.service apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer \
  e2scrub_reap.service fstrim.timer dpkg-db-backup.timer systemd-networkd-wait-online.service \
  keyboard-setup.service avahi-daemon.service avahi-daemon.socket; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
chroot "$root" systemctl enable systemd-networkd 2>>"$out/packages.log"

stage "disk"
# Sparse, and never written to again: each machine has an overlay of it.
mke2fs -q -t ext4 -O ^has_journal -m 0 -L root -d "$root" "$out/guest.raw" 2G
rm -rf "$root"
stage "done"
