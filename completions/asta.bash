# Completion of asta for bash, made by: asta completion bash
# Put it where bash-completion looks (~/.local/share/bash-completion/completions/asta), or source it in ~/.bashrc.

_asta_command() {
    case $1 in
        'asta')
            subs='register confirm login logout whoami password activate companies trainers trainees perms chambers import runs letters accounts services exam-periods jobs mail audit operators tokens db config doctor completion demo'
            opts='--config --database --as --token-file --lang --no-color --quiet -q --verbose -v --debug --log-format --version --help'
            takes=' --config --database --as --token-file --lang --log-format '
            ;;
        'asta register')
            subs=''
            opts='--dry-run --format --keep-going --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --allow-empty --from --name --chamber --password-file --report --help'
            takes=' --format --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --from --name --chamber --password-file --report '
            ;;
        'asta confirm')
            subs=''
            opts='--format --resend --help'
            takes=' --format --resend '
            ;;
        'asta login')
            subs=''
            opts='--password-file --help'
            takes=' --password-file '
            ;;
        'asta logout')
            subs=''
            opts='--help'
            takes='  '
            ;;
        'asta whoami')
            subs=''
            opts='--format --help'
            takes=' --format '
            ;;
        'asta password')
            subs='set reset'
            opts='--help'
            takes='  '
            ;;
        'asta password set')
            subs=''
            opts='--format --token-file --password-file --help'
            takes=' --format --token-file --password-file '
            ;;
        'asta password reset')
            subs=''
            opts='--format --help'
            takes=' --format '
            ;;
        'asta activate')
            subs=''
            opts='--format --chamber --code-file --wait --help'
            takes=' --format --chamber --code-file '
            ;;
        'asta companies')
            subs='list show set admins without-admin administrable'
            opts='--help'
            takes='  '
            ;;
        'asta companies list')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --company --chamber --search --city --not-activated --help'
            takes=' --format --fields --sort --limit --output --company --chamber --search --city '
            ;;
        'asta companies show')
            subs=''
            opts='--format --chamber --help'
            takes=' --format --chamber '
            ;;
        'asta companies set')
            subs=''
            opts='--dry-run --format --from-file --chamber --help'
            takes=' --format --from-file --chamber '
            ;;
        'asta companies admins')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --chamber --help'
            takes=' --format --fields --sort --limit --output --chamber '
            ;;
        'asta companies without-admin')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --company --chamber --at-most --help'
            takes=' --format --fields --sort --limit --output --company --chamber --at-most '
            ;;
        'asta companies administrable')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --account --role --help'
            takes=' --format --fields --sort --limit --output --account --role '
            ;;
        'asta trainers')
            subs='list show set'
            opts='--help'
            takes='  '
            ;;
        'asta trainers list')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --company --chamber --missing-account --help'
            takes=' --format --fields --sort --limit --output --company --chamber '
            ;;
        'asta trainers show')
            subs=''
            opts='--format --company --chamber --help'
            takes=' --format --company --chamber '
            ;;
        'asta trainers set')
            subs=''
            opts='--dry-run --format --from-file --company --chamber --help'
            takes=' --format --from-file --company --chamber '
            ;;
        'asta trainees')
            subs='list show set'
            opts='--help'
            takes='  '
            ;;
        'asta trainees list')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --company --chamber --missing-account --exam-period --trainer --ending-before --help'
            takes=' --format --fields --sort --limit --output --company --chamber --exam-period --trainer --ending-before '
            ;;
        'asta trainees show')
            subs=''
            opts='--format --company --chamber --help'
            takes=' --format --company --chamber '
            ;;
        'asta trainees set')
            subs=''
            opts='--dry-run --format --from-file --company --chamber --help'
            takes=' --format --from-file --company --chamber '
            ;;
        'asta perms')
            subs='grant revoke sync renew resend withdraw check explain list who'
            opts='--help'
            takes='  '
            ;;
        'asta perms grant')
            subs=''
            opts='--dry-run --format --keep-going --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --allow-empty --from --company --role --chamber --starting --until --for --no-sites --sites --trainer --reason --orphan-ok --report --help'
            takes=' --format --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --from --company --role --chamber --starting --until --for --trainer --reason --report '
            ;;
        'asta perms revoke')
            subs=''
            opts='--dry-run --format --keep-going --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --allow-empty --from --company --role --chamber --reason --orphan-ok --report --help'
            takes=' --format --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --from --company --role --chamber --reason --report '
            ;;
        'asta perms sync')
            subs=''
            opts='--dry-run --format --keep-going --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --allow-empty --max-ended --max-updated --max-created --from --company --chamber --add-only --remove-only --reason --orphan-ok --report --help'
            takes=' --format --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --max-ended --max-updated --max-created --from --company --chamber --reason --report '
            ;;
        'asta perms renew')
            subs=''
            opts='--dry-run --format --keep-going --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --allow-empty --from --expiring --until --company --role --chamber --reason --report --help'
            takes=' --format --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --from --expiring --until --company --role --chamber --reason --report '
            ;;
        'asta perms resend')
            subs=''
            opts='--dry-run --format --company --chamber --help'
            takes=' --format --company --chamber '
            ;;
        'asta perms withdraw')
            subs=''
            opts='--dry-run --format --company --role --chamber --reason --help'
            takes=' --format --company --role --chamber --reason '
            ;;
        'asta perms check')
            subs=''
            opts='--format --chamber --at --help'
            takes=' --format --chamber --at '
            ;;
        'asta perms explain')
            subs=''
            opts='--format --chamber --at --help'
            takes=' --format --chamber --at '
            ;;
        'asta perms list')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --account --role --company --chamber --expiring --invited --at --help'
            takes=' --format --fields --sort --limit --output --account --role --company --chamber --expiring --at '
            ;;
        'asta perms who')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --chamber --at --help'
            takes=' --format --fields --sort --limit --output --chamber --at '
            ;;
        'asta chambers')
            subs='add list set'
            opts='--help'
            takes='  '
            ;;
        'asta chambers add')
            subs=''
            opts='--dry-run --format --name --email --help'
            takes=' --format --name --email '
            ;;
        'asta chambers list')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --help'
            takes=' --format --fields --sort --limit --output '
            ;;
        'asta chambers set')
            subs=''
            opts='--dry-run --format --name --email --help'
            takes=' --format --name --email '
            ;;
        'asta import')
            subs='companies trainers trainees azubi-accounts snapshot template'
            opts='--help'
            takes='  '
            ;;
        'asta import companies')
            subs=''
            opts='--dry-run --format --keep-going --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --allow-empty --max-ended --max-updated --max-created --chamber --mode --strict --report --full --lock-wait --help'
            takes=' --format --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --max-ended --max-updated --max-created --chamber --mode --report --lock-wait '
            ;;
        'asta import trainers')
            subs=''
            opts='--dry-run --format --keep-going --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --allow-empty --max-ended --max-updated --max-created --chamber --mode --strict --report --full --lock-wait --help'
            takes=' --format --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --max-ended --max-updated --max-created --chamber --mode --report --lock-wait '
            ;;
        'asta import trainees')
            subs=''
            opts='--dry-run --format --keep-going --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --allow-empty --max-ended --max-updated --max-created --chamber --mode --strict --report --full --lock-wait --help'
            takes=' --format --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --max-ended --max-updated --max-created --chamber --mode --report --lock-wait '
            ;;
        'asta import azubi-accounts')
            subs=''
            opts='--dry-run --format --keep-going --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --allow-empty --max-ended --max-updated --max-created --chamber --mode --strict --report --full --lock-wait --help'
            takes=' --format --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --max-ended --max-updated --max-created --chamber --mode --report --lock-wait '
            ;;
        'asta import snapshot')
            subs=''
            opts='--dry-run --format --keep-going --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --allow-empty --max-ended --max-updated --max-created --chamber --mode --strict --report --full --lock-wait --help'
            takes=' --format --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --max-ended --max-updated --max-created --chamber --mode --report --lock-wait '
            ;;
        'asta import template')
            subs=''
            opts='--lang --output --excel --help'
            takes=' --lang --output '
            ;;
        'asta runs')
            subs='list show approve undo'
            opts='--help'
            takes='  '
            ;;
        'asta runs list')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --chamber --help'
            takes=' --format --fields --sort --limit --output --chamber '
            ;;
        'asta runs show')
            subs=''
            opts='--format --changes --report --help'
            takes=' --format --changes --report '
            ;;
        'asta runs approve')
            subs=''
            opts='--dry-run --format --orphan-ok --lock-wait --report --help'
            takes=' --format --lock-wait --report '
            ;;
        'asta runs undo')
            subs=''
            opts='--dry-run --format --reason --orphan-ok --lock-wait --report --help'
            takes=' --format --reason --lock-wait --report '
            ;;
        'asta letters')
            subs='issue list'
            opts='--help'
            takes='  '
            ;;
        'asta letters issue')
            subs=''
            opts='--dry-run --format --keep-going --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --allow-empty --from --csv --company --missing --again --chamber --help'
            takes=' --format --max-errors --rejects --input-format --delimiter --encoding --sheet --mapping --from --csv --company --chamber '
            ;;
        'asta letters list')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --company --chamber --state --help'
            takes=' --format --fields --sort --limit --output --company --chamber --state '
            ;;
        'asta accounts')
            subs='list show lock unlock disable offboard change-email duplicates'
            opts='--help'
            takes='  '
            ;;
        'asta accounts list')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --chamber --state --search --help'
            takes=' --format --fields --sort --limit --output --chamber --state --search '
            ;;
        'asta accounts show')
            subs=''
            opts='--format --help'
            takes=' --format '
            ;;
        'asta accounts lock')
            subs=''
            opts='--dry-run --format --reason --orphan-ok --help'
            takes=' --format --reason '
            ;;
        'asta accounts unlock')
            subs=''
            opts='--dry-run --format --reason --disabled --help'
            takes=' --format --reason '
            ;;
        'asta accounts disable')
            subs=''
            opts='--dry-run --format --reason --orphan-ok --help'
            takes=' --format --reason '
            ;;
        'asta accounts offboard')
            subs=''
            opts='--dry-run --format --reason --orphan-ok --help'
            takes=' --format --reason '
            ;;
        'asta accounts change-email')
            subs=''
            opts='--dry-run --format --orphan-ok --help'
            takes=' --format '
            ;;
        'asta accounts duplicates')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --chamber --help'
            takes=' --format --fields --sort --limit --output --chamber '
            ;;
        'asta services')
            subs='list set-state pilot activate deactivate'
            opts='--help'
            takes='  '
            ;;
        'asta services list')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --company --chamber --help'
            takes=' --format --fields --sort --limit --output --company --chamber '
            ;;
        'asta services set-state')
            subs=''
            opts='--dry-run --format --chamber --help'
            takes=' --format --chamber '
            ;;
        'asta services pilot')
            subs=''
            opts='--dry-run --format --company --chamber --help'
            takes=' --format --company --chamber '
            ;;
        'asta services activate')
            subs=''
            opts='--dry-run --format --company --chamber --help'
            takes=' --format --company --chamber '
            ;;
        'asta services deactivate')
            subs=''
            opts='--dry-run --format --company --chamber --help'
            takes=' --format --company --chamber '
            ;;
        'asta exam-periods')
            subs='list set'
            opts='--help'
            takes='  '
            ;;
        'asta exam-periods list')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --chamber --help'
            takes=' --format --fields --sort --limit --output --chamber '
            ;;
        'asta exam-periods set')
            subs=''
            opts='--dry-run --format --deadline --chamber --help'
            takes=' --format --deadline --chamber '
            ;;
        'asta jobs')
            subs='list work'
            opts='--help'
            takes='  '
            ;;
        'asta jobs list')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --company --chamber --state --help'
            takes=' --format --fields --sort --limit --output --company --chamber --state '
            ;;
        'asta jobs work')
            subs=''
            opts='--once --failed --help'
            takes='  '
            ;;
        'asta mail')
            subs='list send'
            opts='--help'
            takes='  '
            ;;
        'asta mail list')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --state --help'
            takes=' --format --fields --sort --limit --output --state '
            ;;
        'asta mail send')
            subs=''
            opts='--once --help'
            takes='  '
            ;;
        'asta audit')
            subs='list verify'
            opts='--help'
            takes='  '
            ;;
        'asta audit list')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --action --help'
            takes=' --format --fields --sort --limit --output --action '
            ;;
        'asta audit verify')
            subs=''
            opts='--format --help'
            takes=' --format '
            ;;
        'asta operators')
            subs='add remove list'
            opts='--help'
            takes='  '
            ;;
        'asta operators add')
            subs=''
            opts='--dry-run --format --chamber --everywhere --impersonate --bootstrap --reason --help'
            takes=' --format --chamber --reason '
            ;;
        'asta operators remove')
            subs=''
            opts='--dry-run --format --chamber --everywhere --reason --help'
            takes=' --format --chamber --reason '
            ;;
        'asta operators list')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --help'
            takes=' --format --fields --sort --limit --output '
            ;;
        'asta tokens')
            subs='create list revoke'
            opts='--help'
            takes='  '
            ;;
        'asta tokens create')
            subs=''
            opts='--dry-run --format --verb --company --chamber --for --until --output --help'
            takes=' --format --verb --company --chamber --for --until --output '
            ;;
        'asta tokens list')
            subs=''
            opts='--format --fields --sort --limit --output --all --wide --excel --help'
            takes=' --format --fields --sort --limit --output '
            ;;
        'asta tokens revoke')
            subs=''
            opts='--dry-run --format --account --help'
            takes=' --format --account '
            ;;
        'asta db')
            subs='init upgrade check info'
            opts='--help'
            takes='  '
            ;;
        'asta db init')
            subs=''
            opts='--help'
            takes='  '
            ;;
        'asta db upgrade')
            subs=''
            opts='--help'
            takes='  '
            ;;
        'asta db check')
            subs=''
            opts='--format --help'
            takes=' --format '
            ;;
        'asta db info')
            subs=''
            opts='--format --help'
            takes=' --format '
            ;;
        'asta config')
            subs='show path init'
            opts='--help'
            takes='  '
            ;;
        'asta config show')
            subs=''
            opts='--origin --format --help'
            takes=' --format '
            ;;
        'asta config path')
            subs=''
            opts='--help'
            takes='  '
            ;;
        'asta config init')
            subs=''
            opts='--help'
            takes='  '
            ;;
        'asta doctor')
            subs=''
            opts='--format --help'
            takes=' --format '
            ;;
        'asta completion')
            subs=''
            opts='--help'
            takes='  '
            ;;
        'asta demo')
            subs=''
            opts='--help'
            takes='  '
            ;;
    esac
}

_asta_value() {
    case $1 in
        'asta --config') fill=file ;;
        'asta --lang') values='de en' ;;
        'asta --log-format') values='text json' ;;
        'asta register --format') values='text json' ;;
        'asta register --input-format') values='csv jsonl xlsx' ;;
        'asta confirm --format') values='text json' ;;
        'asta whoami --format') values='text json' ;;
        'asta password set --format') values='text json' ;;
        'asta password reset --format') values='text json' ;;
        'asta activate --format') values='text json' ;;
        'asta companies list --format') values='table json jsonl csv ids count' ;;
        'asta companies show --format') values='text json' ;;
        'asta companies set --format') values='text json' ;;
        'asta companies admins --format') values='table json jsonl csv ids count' ;;
        'asta companies without-admin --format') values='table json jsonl csv ids count' ;;
        'asta companies administrable --format') values='table json jsonl csv ids count' ;;
        'asta companies administrable --role') values='administrator manager trainer contract_applicant' ;;
        'asta trainers list --format') values='table json jsonl csv ids count' ;;
        'asta trainers show --format') values='text json' ;;
        'asta trainers set --format') values='text json' ;;
        'asta trainees list --format') values='table json jsonl csv ids count' ;;
        'asta trainees show --format') values='text json' ;;
        'asta trainees set --format') values='text json' ;;
        'asta perms grant --format') values='text json' ;;
        'asta perms grant --input-format') values='csv jsonl xlsx' ;;
        'asta perms grant --role') values='administrator manager trainer contract_applicant' ;;
        'asta perms revoke --format') values='text json' ;;
        'asta perms revoke --input-format') values='csv jsonl xlsx' ;;
        'asta perms revoke --role') values='administrator manager trainer contract_applicant' ;;
        'asta perms sync --format') values='text json' ;;
        'asta perms sync --input-format') values='csv jsonl xlsx' ;;
        'asta perms renew --format') values='text json' ;;
        'asta perms renew --input-format') values='csv jsonl xlsx' ;;
        'asta perms renew --role') values='administrator manager trainer contract_applicant' ;;
        'asta perms resend --format') values='text json' ;;
        'asta perms withdraw --format') values='text json' ;;
        'asta perms withdraw --role') values='administrator manager trainer contract_applicant' ;;
        'asta perms check --format') values='text json' ;;
        'asta perms check 1') values='company.view trainers.view trainees.view trainees.view_assigned perms.grant perms.grant_trainer services.manage exam.register contracts.file' ;;
        'asta perms explain --format') values='text json' ;;
        'asta perms explain 1') values='company.view trainers.view trainees.view trainees.view_assigned perms.grant perms.grant_trainer services.manage exam.register contracts.file' ;;
        'asta perms list --format') values='table json jsonl csv ids count' ;;
        'asta perms list --role') values='administrator manager trainer contract_applicant' ;;
        'asta perms who --format') values='table json jsonl csv ids count' ;;
        'asta perms who 1') values='company.view trainers.view trainees.view trainees.view_assigned perms.grant perms.grant_trainer services.manage exam.register contracts.file' ;;
        'asta chambers add --format') values='text json' ;;
        'asta chambers list --format') values='table json jsonl csv ids count' ;;
        'asta chambers set --format') values='text json' ;;
        'asta import companies --format') values='text json' ;;
        'asta import companies --input-format') values='csv jsonl xlsx' ;;
        'asta import companies --mode') values='merge mirror' ;;
        'asta import trainers --format') values='text json' ;;
        'asta import trainers --input-format') values='csv jsonl xlsx' ;;
        'asta import trainers --mode') values='merge mirror' ;;
        'asta import trainees --format') values='text json' ;;
        'asta import trainees --input-format') values='csv jsonl xlsx' ;;
        'asta import trainees --mode') values='merge mirror' ;;
        'asta import azubi-accounts --format') values='text json' ;;
        'asta import azubi-accounts --input-format') values='csv jsonl xlsx' ;;
        'asta import azubi-accounts --mode') values='merge mirror' ;;
        'asta import snapshot --format') values='text json' ;;
        'asta import snapshot --input-format') values='csv jsonl xlsx' ;;
        'asta import snapshot --mode') values='merge mirror' ;;
        'asta import template --lang') values='de en' ;;
        'asta import template 0') values='companies trainers trainees azubi-accounts grants registrations' ;;
        'asta runs list --format') values='table json jsonl csv ids count' ;;
        'asta runs show --format') values='text json' ;;
        'asta runs approve --format') values='text json' ;;
        'asta runs undo --format') values='text json' ;;
        'asta letters issue --format') values='text json' ;;
        'asta letters issue --input-format') values='csv jsonl xlsx' ;;
        'asta letters list --format') values='table json jsonl csv ids count' ;;
        'asta letters list --state') values='valid used void expired' ;;
        'asta accounts list --format') values='table json jsonl csv ids count' ;;
        'asta accounts list --state') values='unconfirmed confirmed locked disabled' ;;
        'asta accounts show --format') values='text json' ;;
        'asta accounts lock --format') values='text json' ;;
        'asta accounts unlock --format') values='text json' ;;
        'asta accounts disable --format') values='text json' ;;
        'asta accounts offboard --format') values='text json' ;;
        'asta accounts change-email --format') values='text json' ;;
        'asta accounts duplicates --format') values='table json jsonl csv ids count' ;;
        'asta services list --format') values='table json jsonl csv ids count' ;;
        'asta services set-state --format') values='text json' ;;
        'asta services set-state 0') values='exam-registration contract-management' ;;
        'asta services set-state 1') values='unavailable pilot available' ;;
        'asta services pilot --format') values='text json' ;;
        'asta services pilot 0') values='add remove' ;;
        'asta services pilot 1') values='exam-registration contract-management' ;;
        'asta services activate --format') values='text json' ;;
        'asta services activate 0') values='exam-registration contract-management' ;;
        'asta services deactivate --format') values='text json' ;;
        'asta services deactivate 0') values='exam-registration contract-management' ;;
        'asta exam-periods list --format') values='table json jsonl csv ids count' ;;
        'asta exam-periods set --format') values='text json' ;;
        'asta jobs list --format') values='table json jsonl csv ids count' ;;
        'asta jobs list --state') values='queued running done failed' ;;
        'asta mail list --format') values='table json jsonl csv ids count' ;;
        'asta mail list --state') values='queued sent failed dropped' ;;
        'asta audit list --format') values='table json jsonl csv ids count' ;;
        'asta audit verify --format') values='text json' ;;
        'asta operators add --format') values='text json' ;;
        'asta operators remove --format') values='text json' ;;
        'asta operators list --format') values='table json jsonl csv ids count' ;;
        'asta tokens create --format') values='text json' ;;
        'asta tokens list --format') values='table json jsonl csv ids count' ;;
        'asta tokens revoke --format') values='text json' ;;
        'asta db check --format') values='text json' ;;
        'asta db info --format') values='text json' ;;
        'asta config show --format') values='toml json' ;;
        'asta doctor --format') values='text json' ;;
        'asta completion 0') values='bash zsh fish powershell' ;;
    esac
}

_asta() {
    local line=$COMP_LINE cur='' word='' path=asta place=0 wants='' ended='' i
    local subs='' opts='' takes='' values='' fill=''
    local -a words
    COMPREPLY=()
    # bash also breaks words at = and @ and :, which are parts of ours: put them together again.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i > 0)) && [[ $line != [[:blank:]]* ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words[${#words[@]}]=$word
        fi
        line=${line#"${line%%[![:blank:]]*}"}
        line=${line#"$word"}
    done
    cur=${words[${#words[@]} - 1]}
    _asta_command "$path"
    for ((i = 1; i < ${#words[@]} - 1; i++)); do
        word=${words[i]}
        if [[ $wants ]]; then
            wants=''
        elif [[ ! $ended && $word == -- ]]; then
            ended=1
        elif [[ ! $ended && $word == -*=* ]]; then
            :
        elif [[ ! $ended && $word == -?* ]]; then
            if [[ $takes == *" $word "* ]]; then wants=$word; fi
        elif [[ " $subs " == *" $word "* ]]; then
            path+=" $word"
            _asta_command "$path"
        else
            place=$((place + 1))
        fi
    done
    if [[ $wants ]]; then
        _asta_value "$path $wants"
    elif [[ ! $ended && $cur == -*=* ]]; then
        _asta_value "$path ${cur%%=*}"
        cur=${cur#*=}
    elif [[ ! $ended && $cur == -* ]]; then
        values=$opts
    elif [[ $subs ]]; then
        values=$subs
    else
        _asta_value "$path $place"
    fi
    local IFS=$'\n'
    case $fill in
        file) COMPREPLY=($(compgen -f -- "$cur")) ;;
        directory) COMPREPLY=($(compgen -d -- "$cur")) ;;
        *) COMPREPLY=($(compgen -W "${values// /$'\n'}" -- "$cur")) ;;
    esac
    if [[ $fill ]]; then compopt -o filenames 2>/dev/null; fi
    return 0
}

complete -F _asta asta
