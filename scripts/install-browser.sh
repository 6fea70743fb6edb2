#!/bin/sh
# Installs what the browser test needs and is missing: Chromium, a Korean font, playwright-core.
#   install-browser.sh FOLDER_OF_THE_TEST
set -eu
folder=$1
packages=""
command -v chromium >/dev/null || packages="$packages chromium"
fc-list ':lang=ko' 2>/dev/null | grep -q . || packages="$packages fonts-nanum"
if [ -n "$packages" ]; then
    echo "browser test: installing$packages"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends fontconfig $packages >/dev/null
fi
if [ ! -d "$folder/node_modules/playwright-core" ]; then
    echo "browser test: installing playwright-core"
    (cd "$folder" && npm ci --no-audit --no-fund --silent)
fi
