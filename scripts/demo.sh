#!/bin/sh
# Plans the shipped programme from start to report and says what it did.
#   demo.sh FOLDER [--quiet]
set -eu
folder=$1
quiet=${2:-}

say() { [ -n "$quiet" ] || printf '\n== %s\n' "$*"; }
show() { if [ -n "$quiet" ]; then "$@" >/dev/null 2>&1; else "$@"; fi; }

for tool in cargo cc; do
    command -v "$tool" >/dev/null || { echo "demo: $tool is missing; install Rust and gcc first" >&2; exit 1; }
done

say "Nothing will be installed beside Rust packages, which cargo keeps in its own cache."
say "Build (about 2 minutes the first time)"
show cargo build --release --locked --quiet

groundwork=target/release/groundwork
rm -rf "$folder"
say "New folder from the shipped example: $folder"
show "$groundwork" new "$folder" --example prk-20x10
say "Check the input"
show "$groundwork" check "$folder"
say "Question 1: the best order from the start"
show "$groundwork" plan "$folder"
say "Question 2: the order taken until the last report, then its best continuation"
show "$groundwork" plan "$folder" --as-of --out "$folder/plans/as-of-last-report.json"
say "Question 3: the best continuation from a date, here the end of the first year"
show "$groundwork" plan "$folder" --as-of 2024-12-31 --out "$folder/plans/as-of-2024-12-31.json"
say "Compare the plan with what is done by hand"
show "$groundwork" compare "$folder"
say "Verify with the small checker, which contains no solver"
for plan in plan as-of-last-report as-of-2024-12-31 compare-best compare-taken; do
    show target/release/groundwork-verify "$folder" "$folder/plans/$plan.json"
done
say "Import the 174 reports into a ledger, by the mapping in import.toml"
show "$groundwork" import "$folder/reports.csv" --map "$folder/import.toml" --folder "$folder"
show "$groundwork" ledger verify "$folder"
say "What was promised, claimed and verified on the last day of 2024, as it was known then"
show "$groundwork" status "$folder" --as-of 2024-12-31 --known-by 2024-12-31
say "Report"
show "$groundwork" report "$folder"
say "Open $folder/report.html in a browser: map, years, plans side by side. It needs no network."
