#!/bin/bash
# Runs make on an image of this Debian that has nothing but Rust, gcc and make, as `make check-bare`:
#   check_bare.sh <directory> [<target of make>…]
# The directory keeps the bare image for the next time, and the one that was worked in. What is
# mounted for the run is seen by it alone.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin:$HOME/.cargo/bin

lacking=()
[ "$(id -u)" -eq 0 ] || lacking+=('root: sudo make check-bare')
command -v debootstrap >/dev/null || lacking+=('debootstrap (Debian package debootstrap)')
command -v apt-get >/dev/null || lacking+=("Debian's packages (apt-get)")
unshare --mount true 2>/dev/null || lacking+=('the right to mount (unshare --mount)')
sysroot=$(rustc --print sysroot 2>/dev/null) || sysroot=
[ -x "$sysroot/bin/cargo" ] && [ "$sysroot" != /usr ] ||
    lacking+=('a Rust toolchain in a directory of its own (rustup)')
if [ ${#lacking[@]} -gt 0 ]; then
    printf 'check-bare needs %s\n' "${lacking[@]}" >&2
    exit 1
fi

mkdir -p "$1"
place=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- demo test
base=$place/base root=$place/root

# The release that runs here, from where this machine takes its packages.
if [ ! -e "$base/complete" ]; then
    rm -rf "$base"
    read -r codename mirror < <(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' \
        'Created-By: Packages' | grep -v -e '^[a-z]*-' | head -n 1)
    debootstrap --variant=minbase --include=gcc,libc6-dev,make,ca-certificates \
        "$codename" "$base" "$mirror"
    touch "$base/complete"
fi
rm -rf --one-file-system "$root"
cp -a --reflink=auto "$base" "$root"

# How this machine reaches packages and indexes.
rm -rf "$root"/etc/apt/{sources.list,sources.list.d,apt.conf.d}
cp -a /etc/apt "$root/etc/"
for file in /etc/resolv.conf /etc/hosts /etc/pip.conf "${SSL_CERT_FILE:-}" "${PIP_CERT:-}"; do
    [ -e "$file" ] || continue
    mkdir -p "$root$(dirname "$file")"
    cp -L --remove-destination "$file" "$root$file"
done
for directory in /etc/ssl /usr/share/ca-certificates /usr/local/share/ca-certificates; do
    [ ! -d "$directory" ] || cp -a "$directory/." "$root$directory/"
done

# The checkout as it is, without what git ignores, and the crates that were downloaded for it.
home=$root/root
mkdir -p "$root/checkout" "$root/opt/rust" "$home/.cargo/registry"
git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --create --null --files-from=- | tar --extract --directory="$root/checkout"
for part in cache index; do
    [ ! -d "$HOME/.cargo/registry/$part" ] ||
        cp -a "$HOME/.cargo/registry/$part" "$home/.cargo/registry/"
done

# shellcheck disable=SC2016 # expanded by the inner shell
unshare --mount bash -euc '
    root=$1 sysroot=$2
    shift 2
    mount --bind "$sysroot" "$root/opt/rust"
    mount -o remount,ro,bind "$root/opt/rust"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    for target; do
        echo "=== make $target, on a bare $(. "$root/etc/os-release" && echo "$PRETTY_NAME")"
        env -u CARGO_TARGET_DIR -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u PYENV_ROOT HOME=/root \
            LC_ALL=C.UTF-8 PATH=/opt/rust/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            chroot "$root" make -C /checkout "$target"
    done' check-bare "$root" "$sysroot" "$@"
