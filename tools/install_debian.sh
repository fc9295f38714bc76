#!/bin/sh
# Install Debian packages for the tests, as root, without starting a server or making a database cluster:
# the tests start their own, on free ports, in folders of their own.
# usage: sh tools/install_debian.sh PACKAGE…
set -e
export DEBIAN_FRONTEND=noninteractive

policy=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.d/chatsite-tests.conf
ours=

undo() {
    [ -z "$ours" ] || rm -f "$policy"
    rm -f "$cluster"
}
trap undo EXIT
trap 'exit 1' HUP INT TERM

if [ ! -e "$policy" ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi
mkdir -p "$(dirname "$cluster")"
echo 'create_main_cluster = false' >"$cluster"

apt-get -qq update
apt-get -qq -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 install --no-install-recommends "$@" >/dev/null

# Nor shall they begin at the machine's next start.
if [ -d /run/systemd/system ]; then
    for package in "$@"; do
        case $package in
            redis-server | postgresql | caddy | nginx) systemctl --quiet disable "$package" || true ;;
        esac
    done
fi
