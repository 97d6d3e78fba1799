#!/usr/bin/env bash
# Builds the disk, kernel and initrd of the Debian guest into directory $1 (guest.qcow2, vmlinuz, initrd.img).
# Needs root for the chroot; no loop device, no mount besides /proc. Takes three to four minutes.
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
  linux-image-amd64 zstd
  xserver-xorg-core xserver-xorg-video-qxl xserver-xorg-input-libinput xinit xauth xfonts-base
  openbox xterm x11-utils x11-xserver-utils x11-apps xdotool xclip
  spice-vdagent qemu-guest-agent spice-webdavd curl alsa-utils usbutils
  gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-x
)

stage() { echo "$(date +%T) $*"; }

stage "debootstrap $VERSION_CODENAME from $mirror"
debootstrap --variant=minbase --include=systemd-sysv,libpam-systemd,dbus,udev,kmod,iproute2 \
  "$VERSION_CODENAME" "$root" "$mirror" >"$out/debootstrap.log" || { tail -20 "$out/debootstrap.log"; exit 1; }

stage "packages"
cat >"$root/etc/apt/apt.conf.d/99guest" <<'CONF'
APT::Install-Recommends "false";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
CONF
cat >"$root/etc/dpkg/dpkg.cfg.d/99guest" <<'CONF'
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/info/*
force-unsafe-io
CONF
# No service starts in the chroot, and no initrd is made before the modules are chosen.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
mkdir -p "$root/etc/initramfs-tools/conf.d"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
apt-config dump Acquire | grep -i proxy >"$root/etc/apt/apt.conf.d/98proxy" || true
mount -t proc proc "$root/proc" 2>/dev/null || true
trap 'umount "$root/proc" 2>/dev/null || true' EXIT
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
chroot "$root" apt-get install -y "${packages[@]}" >"$out/packages.log" 2>&1 ||
  { tail -20 "$out/packages.log"; exit 1; }

stage "kernel modules and initrd"
version=$(ls "$root/lib/modules")
(
  cd "$root/lib/modules/$version/kernel"
  rm -rf drivers/net/{wireless,ethernet} drivers/{media,infiniband,iio,staging,mmc,mtd,isdn,hwmon,nvme,md} \
    drivers/{firewire,bluetooth,thunderbolt} drivers/gpu/drm/{amd,i915,nouveau,radeon,vmwgfx,gma500} \
    sound/{soc,isa,firewire} net/{mac80211,wireless,bluetooth,netfilter,sched,sctp,ceph,batman-adv} \
    fs/{xfs,btrfs,ocfs2,gfs2,ceph,nfs,nfsd,cifs,smb,ubifs,jfs,f2fs,afs,reiserfs,nilfs2}
  # USB storage needs the core and the disks of SCSI, not its host adapters.
  find drivers/scsi -type f ! -name scsi_mod.ko ! -name scsi_common.ko ! -name sd_mod.ko ! -name sr_mod.ko \
    ! -name sg.ko -delete
)
chroot "$root" depmod "$version"
printf '%s\n' virtio_pci virtio_blk ext4 >"$root/etc/initramfs-tools/modules"
sed -i 's/^MODULES=.*/MODULES=list/' "$root/etc/initramfs-tools/initramfs.conf"
rm -f "$root/boot/initrd.img-$version"
chroot "$root" update-initramfs -c -k "$version" >>"$out/packages.log" 2>&1
mv "$root/boot/vmlinuz-$version" "$out/vmlinuz"
mv "$root/boot/initrd.img-$version" "$out/initrd.img"
chmod a+r "$out/vmlinuz"

stage "configuration"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}/* \
  "$root"/usr/sbin/policy-rc.d "$root"/boot/* "$root"/vmlinuz* "$root"/initrd* "$root"/etc/apt/apt.conf.d/98proxy
# Directories of the overlay keep the modes that they have in the guest.
(cd "$here/guest" && find . -type f -exec install -D -m 644 -o root -g root {} "$root/{}" \;)
chmod 755 "$root/usr/local/bin/x-resize"
echo guest >"$root/etc/hostname"
echo 'root:root' | chroot "$root" chpasswd
echo '/dev/vda / ext4 defaults,noatime 0 1' >"$root/etc/fstab"
for unit in systemd-timesyncd.service apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer \
  e2scrub_reap.service fstrim.timer dpkg-db-backup.timer systemd-networkd-wait-online.service \
  keyboard-setup.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
chroot "$root" systemctl enable systemd-networkd 2>>"$out/packages.log"
umount "$root/proc" 2>/dev/null || true

stage "disk"
mke2fs -q -t ext4 -O ^has_journal -m 0 -L root -d "$root" "$out/guest.raw" 2G
qemu-img convert -O qcow2 "$out/guest.raw" "$out/guest.qcow2"
rm -rf "$root" "$out/guest.raw"
stage "done"
