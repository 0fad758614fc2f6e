# bash completion of assay; written by `assay completion bash`
_assay() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words=
	case "${COMP_WORDS[1]} ${COMP_WORDS[2]}" in
	'cache clean'*) words=' --cache-dir --cache-max-size --color --config --debug --help --log-format --no-progress --quiet --verbose --version' ;;
	'cache export'*) words=' --cache-dir --cache-max-size --color --config --debug --help --log-format --no-progress --quiet --verbose --version' ;;
	'cache import'*) words=' --cache-dir --cache-max-size --color --config --debug --help --log-format --no-progress --quiet --verbose --version' ;;
	'cache status'*) words=' --cache-dir --cache-max-size --color --config --debug --help --log-format --no-progress --quiet --verbose --version' ;;
	'completion '*) words=' --color --config --debug --help --log-format --no-progress --quiet --verbose --version' ;;
	'db diff'*) words=' --color --config --db --debug --help --log-format --no-progress --old --quiet --verbose --version' ;;
	'db export'*) words=' --cacert --color --config --db --debug --help --insecure --log-format --no-progress --offline --password-stdin --quiet --realm --registry-token --sign-key --timeout --username --verbose --version' ;;
	'db import'*) words=' --color --config --db --debug --facts-only --feed --feed-urls --help --log-format --no-progress --quiet --starter --timeout --verbose --version' ;;
	'db known'*) words=' --color --config --debug --expired --help --key --learn --log-format --no-progress --quiet --verbose --version' ;;
	'db search'*) words=' --color --config --db --debug --help --log-format --no-progress --quiet --verbose --version' ;;
	'db status'*) words=' --color --config --db --debug --help --log-format --no-progress --quiet --verbose --version' ;;
	'db update'*) words=' --cacert --color --config --db --db-max-age --debug --facts-only --feed --feed-urls --from --help --insecure --key --log-format --no-progress --offline --password-stdin --quiet --realm --registry-token --starter --timeout --username --verbose --version' ;;
	'diff '*) words=' --allow-unconfined --cacert --cache-dir --cache-max-size --color --config --db --db-max-age --debug --exit-code --fail-on --fail-on-incomplete --format --help --ignore-unfixed --insecure --jobs --log-format --no-cache --no-progress --offline --only-fixed --output --password-stdin --pkg-types --platform --quiet --realm --registry-token --severity --skip-dirs --skip-files --storage-root --template --timeout --unknown-severity --username --verbose --version --vuln-severity-source --waivers' ;;
	'explain '*) words=' --color --config --db --debug --help --log-format --no-progress --package --quiet --report --verbose --version' ;;
	'help '*) words=' --color --config --debug --format --help --log-format --no-progress --quiet --verbose --version' ;;
	'key generate'*) words=' --color --config --debug --help --log-format --no-progress --out --quiet --type --verbose --version' ;;
	'policy check'*) words=' --break-glass --by --color --config --debug --digest --environment --evidence --format --help --in-repository --log-format --namespace --no-progress --policy --quiet --verbose --version --waivers' ;;
	'policy compliance'*) words=' --at --break-glass --by --color --config --debug --digest --environment --evidence --format --help --in-repository --log-format --namespace --no-progress --policy --quiet --verbose --version --waivers' ;;
	'policy convert'*) words=' --break-glass --by --color --config --debug --digest --environment --evidence --format --help --in-repository --log-format --namespace --no-progress --policy --quiet --verbose --version --waivers' ;;
	'policy diff'*) words=' --at --break-glass --by --color --config --debug --digest --environment --evidence --format --help --in-repository --log-format --namespace --no-progress --policy --quiet --verbose --version --waivers' ;;
	'policy explain'*) words=' --at --break-glass --by --color --config --debug --digest --environment --evidence --format --help --in-repository --log-format --namespace --no-progress --policy --quiet --verbose --version --waivers' ;;
	'policy lint'*) words=' --at --break-glass --by --color --config --debug --digest --environment --evidence --format --help --in-repository --log-format --namespace --no-progress --policy --quiet --verbose --version --waivers' ;;
	'policy publish'*) words=' --cacert --color --config --debug --help --insecure --log-format --no-progress --offline --password-stdin --quiet --realm --registry-token --sign-key --timeout --username --verbose --version' ;;
	'policy pull'*) words=' --cacert --color --config --debug --help --insecure --key --log-format --no-progress --offline --password-stdin --quiet --realm --registry-token --timeout --username --verbose --version' ;;
	'policy test'*) words=' --at --break-glass --by --color --config --debug --digest --environment --evidence --format --help --in-repository --log-format --namespace --no-progress --policy --quiet --verbose --version --waivers' ;;
	'rules '*) words=' --color --config --debug --help --log-format --no-progress --quiet --rules --verbose --version --yara' ;;
	'sbom '*) words=' --allow-unconfined --cacert --cache-dir --cache-max-size --color --config --debug --fail-on-incomplete --files --format --help --insecure --jobs --log-format --no-cache --no-progress --offline --output --password-stdin --pkg-types --platform --quiet --realm --registry-token --skip-dirs --skip-files --storage-root --template --timeout --username --verbose --version --vuln-severity-source' ;;
	'scan '*) words=' --against --allow-unconfined --base --base-key --break-glass --by --cacert --cache-dir --cache-max-size --checks --class --classes --clamd --color --config --containerd-root --db --db-max-age --debug --environment --evidence --exit-code --exit-on-eol --fail-on --fail-on-incomplete --format --help --ignore-status --ignore-unfixed --import --in-repository --insecure --jobs --key --known --learn --license-allow --license-deny --list --log-format --malware-hashes --namespace --no-cache --no-evidence --no-progress --offline --only-fixed --output --password-stdin --pkg-types --platform --policy --quiet --realm --registry-token --repository --rules --severity --show-suppressed --skip-dirs --skip-files --storage-root --template --timeout --unknown-severity --username --verbose --version --vex --vuln-severity-source --waivers --yara' ;;
	'schema '*) words=' --color --config --debug --help --log-format --no-progress --quiet --verbose --version' ;;
	'test '*) words=' --allow-unconfined --cacert --cache-dir --cache-max-size --color --config --debug --fail-on-incomplete --format --help --insecure --jobs --log-format --no-cache --no-progress --offline --output --password-stdin --pkg-types --platform --quiet --realm --registry-token --skip-dirs --skip-files --storage-root --tests --timeout --username --verbose --version --vuln-severity-source' ;;
	'version '*) words=' --color --config --debug --help --log-format --no-progress --quiet --verbose --version' ;;
	esac
	[ "$COMP_CWORD" -gt 1 ] || words=' cache cache cache cache completion db db db db db db db diff explain help key policy policy policy policy policy policy policy policy policy rules sbom scan schema test version'
	if [ "$COMP_CWORD" -eq 2 ]; then
		case $prev in
		cache) words='clean export import status' ;;
		db) words='import search status update' ;;
		esac
	fi
	case $prev in
	--color) words='auto always never' ;;
	--fail-on) words='negligible low medium high critical' ;;
	--log-format) words='text json' ;;
	--scope) words='squashed' ;;
	--type) words='ecdsa-p256 ed25519' ;;
	--unknown-severity) words='fail pass' ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	[ "${#COMPREPLY[@]}" -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}
complete -o filenames -F _assay assay
