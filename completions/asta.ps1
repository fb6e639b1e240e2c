# Completion of asta for PowerShell, made by: asta completion powershell
# Add it to your $PROFILE, or dot-source it there.

Register-ArgumentCompleter -Native -CommandName asta -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $subs = @{
        'asta' = [ordered]@{ 'register' = 'Open an account'; 'confirm' = 'Confirm an e-mail address'; 'login' = 'Sign in: commands at this terminal then act as this account'; 'logout' = 'Sign out'; 'whoami' = 'Show who is asking: an account, or the operator at this terminal'; 'password' = 'Set or reset a password'; 'activate' = 'Activate a company with the Identnummer and the activation code of its letter'; 'companies' = 'Companies and who administers them'; 'trainers' = 'Trainers'; 'trainees' = 'Trainees, their accounts and the days left'; 'perms' = 'Grant, revoke, list and check permissions'; 'chambers' = 'The chambers of this installation'; 'import' = 'Take over companies, trainers and trainees from files'; 'runs' = 'Every change that was made as one, and what it did'; 'letters' = 'Activation letters and their codes'; 'accounts' = 'Accounts: who has one, locking and closing them, another address, and people who leave'; 'services' = 'Services of the portal and who may use them'; 'exam-periods' = 'Exam periods and their deadlines'; 'jobs' = 'Work waiting to be done, such as transfers'; 'mail' = 'Mails waiting to be sent'; 'audit' = 'The audit log: who did what, when, and on whose behalf'; 'operators' = 'Who is an operator of a chamber, or of every one'; 'tokens' = 'Service tokens, with which programs act for an account'; 'db' = 'Set up, upgrade and check the database'; 'config' = 'Show the settings and where they come from'; 'doctor' = 'Check this installation: settings, database, key, mail, what waits, what was left behind'; 'completion' = 'Print the completion script of a shell'; 'demo' = 'Walk through asta with a throw-away chamber, made up by the program, from the letter to a bulk grant' }
        'asta password' = [ordered]@{ 'set' = 'Choose a password: as the account itself, or with the token of a reset mail'; 'reset' = 'Send a mail whose token allows a new password' }
        'asta companies' = [ordered]@{ 'list' = 'List the companies and sites that you may see'; 'show' = 'Show a company'; 'set' = 'Change fields by hand'; 'admins' = 'Say who administers a company, also through its head office'; 'without-admin' = 'List activated companies without a usable administrator, own or inherited'; 'administrable' = 'List the companies that one may administer, and through which grant' }
        'asta trainers' = [ordered]@{ 'list' = 'List the trainers that you may see'; 'show' = 'Show a trainer'; 'set' = 'Change fields by hand' }
        'asta trainees' = [ordered]@{ 'list' = 'List the trainees that you may see'; 'show' = 'Show a trainee'; 'set' = 'Change fields by hand' }
        'asta perms' = [ordered]@{ 'grant' = 'Give a role at a company; an address without account is invited'; 'revoke' = 'Take a permission away; its history stays'; 'sync' = 'Make a file true for some companies: grant what is missing, end what it does not name'; 'renew' = 'Put off the end of permissions that end soon'; 'resend' = 'Send the invitation of an address again; it is open for its full time from now on'; 'withdraw' = 'Take back invitations that nobody has accepted yet; permissions in force stay'; 'check' = 'Answer yes or no: may this person do that there?'; 'explain' = 'Say why somebody may do something at a company, or why not and what would change it'; 'list' = 'List the permissions that you may see, each as it was granted'; 'who' = 'List everyone who may do something at a company, and how' }
        'asta chambers' = [ordered]@{ 'add' = 'Add a chamber'; 'list' = 'List the chambers'; 'set' = 'Change the name or the contact address of a chamber' }
        'asta import' = [ordered]@{ 'companies' = 'Companies and their sites'; 'trainers' = 'Trainers, one row for each company they train at'; 'trainees' = 'Trainees and their contracts'; 'azubi-accounts' = 'The state of the trainees'' accounts, as the Azubi-Infocenter reports it'; 'snapshot' = 'All files of one night in one transaction'; 'template' = 'An empty file with the right header' }
        'asta runs' = [ordered]@{ 'list' = 'List the runs, the oldest first'; 'show' = 'Show one run, or what it changed'; 'approve' = 'Write the plan of a run that a guard held, exactly as it was shown'; 'undo' = 'Take back what a run did, as a run of its own' }
        'asta letters' = [ordered]@{ 'issue' = 'Issue letters with new activation codes; older codes of the same companies become void'; 'list' = 'List the letters that are valid or were used; never their codes' }
        'asta accounts' = [ordered]@{ 'list' = 'List the accounts'; 'show' = 'Show an account, with what the chamber decided about it and how much hangs on it'; 'lock' = 'Lock an account for a while'; 'unlock' = 'Let an account be used again'; 'disable' = 'Disable an account for good'; 'offboard' = 'End everything of a person who leaves, in one step or not at all'; 'change-email' = 'Give an account another address, once that one is confirmed'; 'duplicates' = 'List accounts that may belong to one person, group by group, with what makes them alike' }
        'asta services' = [ordered]@{ 'list' = 'List the services of the chambers that concern you; of one company, whether it uses them'; 'set-state' = 'Open a service of a chamber, to all or as a pilot, or close it'; 'pilot' = 'Add companies to the pilot of a service, or remove them'; 'activate' = 'Activate a service for companies'; 'deactivate' = 'Deactivate a service for companies' }
        'asta exam-periods' = [ordered]@{ 'list' = 'List the exam periods of the chambers that concern you'; 'set' = 'Set the last day on which a trainee can be registered for an exam period' }
        'asta jobs' = [ordered]@{ 'list' = 'List the jobs and how far they are'; 'work' = 'Do the jobs that are due, and go on until stopped' }
        'asta mail' = [ordered]@{ 'list' = 'List the mails of the outbox; never their text'; 'send' = 'Send the mails that are due, and go on until stopped' }
        'asta audit' = [ordered]@{ 'list' = 'List the entries of the log, the oldest first'; 'verify' = 'Recompute the whole log and tell whether anybody has changed it' }
        'asta operators' = [ordered]@{ 'add' = 'Make somebody operator of a chamber, or of every one'; 'remove' = 'End an office: that of a chamber, that of every one, or all that you may end'; 'list' = 'List the operators of your chambers' }
        'asta tokens' = [ordered]@{ 'create' = 'Make a token with which a program acts for your account, and print it once: asta keeps only a hash of it'; 'list' = 'List your tokens, never what opens doors: when they end, and when they were used last'; 'revoke' = 'End a token; the very next command with it is refused' }
        'asta db' = [ordered]@{ 'init' = 'Fill an empty database with the tables asta needs'; 'upgrade' = 'Bring the tables to what this version of asta needs; fill an empty database'; 'check' = 'Look whether the database is sound: its file, its references, its tables'; 'info' = 'Tell where the database is, how large, and which schema it has' }
        'asta config' = [ordered]@{ 'show' = 'Show all settings'; 'path' = 'Print the path of the configuration file, whether it exists or not'; 'init' = 'Write a configuration file that explains every setting and sets none' }
    }
    $opts = @{
        'asta' = [ordered]@{ '--config' = 'Read the settings from this file only'; '--database' = 'The database to work on'; '--as' = 'Act as this account, with its permissions only'; '--token-file' = 'Act by the service token in this file; - is stdin'; '--lang' = 'Language of messages'; '--no-color' = 'No colours'; '--quiet' = 'Say nothing on success'; '-q' = 'Say nothing on success'; '--verbose' = 'Say more; may be repeated'; '-v' = 'Say more; may be repeated'; '--debug' = 'Show where an unexpected error arose'; '--log-format' = 'Form of messages on stderr'; '--version' = 'Show the version and exit'; '--help' = 'Show this help and exit' }
        'asta register' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--keep-going' = 'Write the good rows and reject the rest'; '--max-errors' = 'With --keep-going: reject at most so many rows'; '--rejects' = 'Write the rejected rows to this file, in a dry run, too'; '--input-format' = 'Form of the input file'; '--delimiter' = 'What separates its columns'; '--encoding' = 'Its encoding: utf-8, cp1252, …'; '--sheet' = 'The sheet of a workbook; otherwise the first'; '--mapping' = 'Own headings and values, in TOML: [columns] "Betriebs-Nr" = "ident_number"'; '--allow-empty' = 'A file without records is meant'; '--from' = 'Many at once, from a file; - is standard input'; '--name' = 'First and last name'; '--chamber' = 'The chamber meant'; '--password-file' = 'The password is the first line of this file; - is standard input'; '--report' = 'Write every row and what became of it to this file'; '--help' = 'Show this help and exit' }
        'asta confirm' = [ordered]@{ '--format' = 'Form of the output'; '--resend' = 'Send a new message to this address'; '--help' = 'Show this help and exit' }
        'asta login' = [ordered]@{ '--password-file' = 'The password is the first line of this file; - is standard input'; '--help' = 'Show this help and exit' }
        'asta logout' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta whoami' = [ordered]@{ '--format' = 'Form of the output'; '--help' = 'Show this help and exit' }
        'asta password' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta password set' = [ordered]@{ '--format' = 'Form of the output'; '--token-file' = 'The token of the mail; - is standard input'; '--password-file' = 'The password is the first line of this file; - is standard input'; '--help' = 'Show this help and exit' }
        'asta password reset' = [ordered]@{ '--format' = 'Form of the output'; '--help' = 'Show this help and exit' }
        'asta activate' = [ordered]@{ '--format' = 'Form of the output'; '--chamber' = 'The chamber meant'; '--code-file' = 'The code is the first line; - is standard input'; '--wait' = 'Wait for the transfer and show its progress'; '--help' = 'Show this help and exit' }
        'asta companies' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta companies list' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--company' = 'Only this company; may be repeated'; '--chamber' = 'The chamber meant'; '--search' = 'Somewhere in number, name or city'; '--city' = 'Only in this city'; '--not-activated' = 'Only those that are not activated yet'; '--help' = 'Show this help and exit' }
        'asta companies show' = [ordered]@{ '--format' = 'Form of the output'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta companies set' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--from-file' = 'Give the field back to the file: it has at once what the file said last; may be repeated'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta companies admins' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta companies without-admin' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--company' = 'Only this company; may be repeated'; '--chamber' = 'The chamber meant'; '--at-most' = 'Also those with so many administrators'; '--help' = 'Show this help and exit' }
        'asta companies administrable' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--account' = 'Whose companies; your own unless you say it'; '--role' = 'Which role they have there'; '--help' = 'Show this help and exit' }
        'asta trainers' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta trainers list' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--company' = 'Only this company; may be repeated'; '--chamber' = 'The chamber meant'; '--missing-account' = 'Only those without a confirmed account'; '--help' = 'Show this help and exit' }
        'asta trainers show' = [ordered]@{ '--format' = 'Form of the output'; '--company' = 'Only this company; may be repeated'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta trainers set' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--from-file' = 'Give the field back to the file: it has at once what the file said last; may be repeated'; '--company' = 'Only this company; may be repeated'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta trainees' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta trainees list' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--company' = 'Only this company; may be repeated'; '--chamber' = 'The chamber meant'; '--missing-account' = 'Only those without an active account'; '--exam-period' = 'Only of this exam period, such as 2027-S'; '--trainer' = 'Only those of this trainer'; '--ending-before' = 'Only if training ends before this day'; '--help' = 'Show this help and exit' }
        'asta trainees show' = [ordered]@{ '--format' = 'Form of the output'; '--company' = 'Only this company; may be repeated'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta trainees set' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--from-file' = 'Give the field back to the file: it has at once what the file said last; may be repeated'; '--company' = 'Only this company; may be repeated'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta perms' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta perms grant' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--keep-going' = 'Write the good rows and reject the rest'; '--max-errors' = 'With --keep-going: reject at most so many rows'; '--rejects' = 'Write the rejected rows to this file, in a dry run, too'; '--input-format' = 'Form of the input file'; '--delimiter' = 'What separates its columns'; '--encoding' = 'Its encoding: utf-8, cp1252, …'; '--sheet' = 'The sheet of a workbook; otherwise the first'; '--mapping' = 'Own headings and values, in TOML: [columns] "Betriebs-Nr" = "ident_number"'; '--allow-empty' = 'A file without records is meant'; '--from' = 'Many at once, from a file; - is standard input'; '--company' = 'The company, by its Identnummer'; '--role' = 'The role'; '--chamber' = 'The chamber meant'; '--starting' = 'The first day it holds'; '--until' = 'The last day it holds, or never'; '--for' = 'How many days it holds, from its first day on'; '--no-sites' = 'Whether it holds for the sites below, too'; '--sites' = 'Whether it holds for the sites below, too'; '--trainer' = 'The trainer record of a trainer''s grant'; '--reason' = 'Why; it goes into the audit log and the mail'; '--orphan-ok' = 'Also if a company loses its last usable administrator'; '--report' = 'Write every row and what became of it to this file'; '--help' = 'Show this help and exit' }
        'asta perms revoke' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--keep-going' = 'Write the good rows and reject the rest'; '--max-errors' = 'With --keep-going: reject at most so many rows'; '--rejects' = 'Write the rejected rows to this file, in a dry run, too'; '--input-format' = 'Form of the input file'; '--delimiter' = 'What separates its columns'; '--encoding' = 'Its encoding: utf-8, cp1252, …'; '--sheet' = 'The sheet of a workbook; otherwise the first'; '--mapping' = 'Own headings and values, in TOML: [columns] "Betriebs-Nr" = "ident_number"'; '--allow-empty' = 'A file without records is meant'; '--from' = 'Many at once, from a file; - is standard input'; '--company' = 'The company, by its Identnummer'; '--role' = 'The role'; '--chamber' = 'The chamber meant'; '--reason' = 'Why; it goes into the audit log and the mail'; '--orphan-ok' = 'Also if a company loses its last usable administrator'; '--report' = 'Write every row and what became of it to this file'; '--help' = 'Show this help and exit' }
        'asta perms sync' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--keep-going' = 'Write the good rows and reject the rest'; '--max-errors' = 'With --keep-going: reject at most so many rows'; '--rejects' = 'Write the rejected rows to this file, in a dry run, too'; '--input-format' = 'Form of the input file'; '--delimiter' = 'What separates its columns'; '--encoding' = 'Its encoding: utf-8, cp1252, …'; '--sheet' = 'The sheet of a workbook; otherwise the first'; '--mapping' = 'Own headings and values, in TOML: [columns] "Betriebs-Nr" = "ident_number"'; '--allow-empty' = 'A file without records is meant'; '--max-ended' = 'Hold the run if it would end more of a kind; 20 always pass, unless they are more than half'; '--max-updated' = 'Hold it if it would change more of a kind'; '--max-created' = 'Hold it if it would add more to a kind'; '--from' = 'The file that is to be made true; - is standard input'; '--company' = 'For which company; may be repeated'; '--chamber' = 'The chamber meant'; '--add-only' = 'Only grant what is missing; change and end nothing'; '--remove-only' = 'Only end what the file does not name; grant and change nothing'; '--reason' = 'Why; it goes into the audit log and the mail'; '--orphan-ok' = 'Also if a company loses its last usable administrator'; '--report' = 'Write every row and what became of it to this file'; '--help' = 'Show this help and exit' }
        'asta perms renew' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--keep-going' = 'Write the good rows and reject the rest'; '--max-errors' = 'With --keep-going: reject at most so many rows'; '--rejects' = 'Write the rejected rows to this file, in a dry run, too'; '--input-format' = 'Form of the input file'; '--delimiter' = 'What separates its columns'; '--encoding' = 'Its encoding: utf-8, cp1252, …'; '--sheet' = 'The sheet of a workbook; otherwise the first'; '--mapping' = 'Own headings and values, in TOML: [columns] "Betriebs-Nr" = "ident_number"'; '--allow-empty' = 'A file without records is meant'; '--from' = 'Many at once, from a file; - is standard input'; '--expiring' = 'Those that end within this time'; '--until' = 'The new last day; with --from, of empty cells'; '--company' = 'Only this company; may be repeated'; '--role' = 'The role'; '--chamber' = 'The chamber meant'; '--reason' = 'Why; it goes into the audit log and the mail'; '--report' = 'Write every row and what became of it to this file'; '--help' = 'Show this help and exit' }
        'asta perms resend' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--company' = 'The company, by its Identnummer'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta perms withdraw' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--company' = 'The company, by its Identnummer'; '--role' = 'The role'; '--chamber' = 'The chamber meant'; '--reason' = 'Why; it goes into the audit log and the mail'; '--help' = 'Show this help and exit' }
        'asta perms check' = [ordered]@{ '--format' = 'Form of the output'; '--chamber' = 'The chamber meant'; '--at' = 'Ask about another moment: 2027-07-31 or 2027-07-31T14:30'; '--help' = 'Show this help and exit' }
        'asta perms explain' = [ordered]@{ '--format' = 'Form of the output'; '--chamber' = 'The chamber meant'; '--at' = 'Ask about another moment: 2027-07-31 or 2027-07-31T14:30'; '--help' = 'Show this help and exit' }
        'asta perms list' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--account' = 'Only those of this person'; '--role' = 'The role'; '--company' = 'Only this company; may be repeated'; '--chamber' = 'The chamber meant'; '--expiring' = 'Only those that end within this time'; '--invited' = 'Only those whose address is not confirmed yet'; '--at' = 'Ask about another moment: 2027-07-31 or 2027-07-31T14:30'; '--help' = 'Show this help and exit' }
        'asta perms who' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--chamber' = 'The chamber meant'; '--at' = 'Ask about another moment: 2027-07-31 or 2027-07-31T14:30'; '--help' = 'Show this help and exit' }
        'asta chambers' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta chambers add' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--name' = 'Name of the chamber'; '--email' = 'Its contact address; "" removes it'; '--help' = 'Show this help and exit' }
        'asta chambers list' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--help' = 'Show this help and exit' }
        'asta chambers set' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--name' = 'Its name'; '--email' = 'Its contact address; "" removes it'; '--help' = 'Show this help and exit' }
        'asta import' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta import companies' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--keep-going' = 'Write the good rows and reject the rest'; '--max-errors' = 'With --keep-going: reject at most so many rows'; '--rejects' = 'Write the rejected rows to this file, in a dry run, too'; '--input-format' = 'Form of the input file'; '--delimiter' = 'What separates its columns'; '--encoding' = 'Its encoding: utf-8, cp1252, …'; '--sheet' = 'The sheet of a workbook; otherwise the first'; '--mapping' = 'Own headings and values, in TOML: [columns] "Betriebs-Nr" = "ident_number"'; '--allow-empty' = 'A file without records is meant'; '--max-ended' = 'Hold the run if it would end more of a kind; 20 always pass, unless they are more than half'; '--max-updated' = 'Hold it if it would change more of a kind'; '--max-created' = 'Hold it if it would add more to a kind'; '--chamber' = 'The chamber meant'; '--mode' = 'merge: never end what the file does not name; mirror: end it'; '--strict' = 'Reject rows with warnings, too'; '--report' = 'Write every change to this file, a line for each field'; '--full' = 'Compare every field of every row, known lines too'; '--lock-wait' = 'Wait so long for another import into this chamber'; '--help' = 'Show this help and exit' }
        'asta import trainers' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--keep-going' = 'Write the good rows and reject the rest'; '--max-errors' = 'With --keep-going: reject at most so many rows'; '--rejects' = 'Write the rejected rows to this file, in a dry run, too'; '--input-format' = 'Form of the input file'; '--delimiter' = 'What separates its columns'; '--encoding' = 'Its encoding: utf-8, cp1252, …'; '--sheet' = 'The sheet of a workbook; otherwise the first'; '--mapping' = 'Own headings and values, in TOML: [columns] "Betriebs-Nr" = "ident_number"'; '--allow-empty' = 'A file without records is meant'; '--max-ended' = 'Hold the run if it would end more of a kind; 20 always pass, unless they are more than half'; '--max-updated' = 'Hold it if it would change more of a kind'; '--max-created' = 'Hold it if it would add more to a kind'; '--chamber' = 'The chamber meant'; '--mode' = 'merge: never end what the file does not name; mirror: end it'; '--strict' = 'Reject rows with warnings, too'; '--report' = 'Write every change to this file, a line for each field'; '--full' = 'Compare every field of every row, known lines too'; '--lock-wait' = 'Wait so long for another import into this chamber'; '--help' = 'Show this help and exit' }
        'asta import trainees' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--keep-going' = 'Write the good rows and reject the rest'; '--max-errors' = 'With --keep-going: reject at most so many rows'; '--rejects' = 'Write the rejected rows to this file, in a dry run, too'; '--input-format' = 'Form of the input file'; '--delimiter' = 'What separates its columns'; '--encoding' = 'Its encoding: utf-8, cp1252, …'; '--sheet' = 'The sheet of a workbook; otherwise the first'; '--mapping' = 'Own headings and values, in TOML: [columns] "Betriebs-Nr" = "ident_number"'; '--allow-empty' = 'A file without records is meant'; '--max-ended' = 'Hold the run if it would end more of a kind; 20 always pass, unless they are more than half'; '--max-updated' = 'Hold it if it would change more of a kind'; '--max-created' = 'Hold it if it would add more to a kind'; '--chamber' = 'The chamber meant'; '--mode' = 'merge: never end what the file does not name; mirror: end it'; '--strict' = 'Reject rows with warnings, too'; '--report' = 'Write every change to this file, a line for each field'; '--full' = 'Compare every field of every row, known lines too'; '--lock-wait' = 'Wait so long for another import into this chamber'; '--help' = 'Show this help and exit' }
        'asta import azubi-accounts' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--keep-going' = 'Write the good rows and reject the rest'; '--max-errors' = 'With --keep-going: reject at most so many rows'; '--rejects' = 'Write the rejected rows to this file, in a dry run, too'; '--input-format' = 'Form of the input file'; '--delimiter' = 'What separates its columns'; '--encoding' = 'Its encoding: utf-8, cp1252, …'; '--sheet' = 'The sheet of a workbook; otherwise the first'; '--mapping' = 'Own headings and values, in TOML: [columns] "Betriebs-Nr" = "ident_number"'; '--allow-empty' = 'A file without records is meant'; '--max-ended' = 'Hold the run if it would end more of a kind; 20 always pass, unless they are more than half'; '--max-updated' = 'Hold it if it would change more of a kind'; '--max-created' = 'Hold it if it would add more to a kind'; '--chamber' = 'The chamber meant'; '--mode' = 'merge: never end what the file does not name; mirror: end it'; '--strict' = 'Reject rows with warnings, too'; '--report' = 'Write every change to this file, a line for each field'; '--full' = 'Compare every field of every row, known lines too'; '--lock-wait' = 'Wait so long for another import into this chamber'; '--help' = 'Show this help and exit' }
        'asta import snapshot' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--keep-going' = 'Write the good rows and reject the rest'; '--max-errors' = 'With --keep-going: reject at most so many rows'; '--rejects' = 'Write the rejected rows to this file, in a dry run, too'; '--input-format' = 'Form of the input file'; '--delimiter' = 'What separates its columns'; '--encoding' = 'Its encoding: utf-8, cp1252, …'; '--sheet' = 'The sheet of a workbook; otherwise the first'; '--mapping' = 'Own headings and values, in TOML: [columns] "Betriebs-Nr" = "ident_number"'; '--allow-empty' = 'A file without records is meant'; '--max-ended' = 'Hold the run if it would end more of a kind; 20 always pass, unless they are more than half'; '--max-updated' = 'Hold it if it would change more of a kind'; '--max-created' = 'Hold it if it would add more to a kind'; '--chamber' = 'The chamber meant'; '--mode' = 'merge: never end what the file does not name; mirror: end it'; '--strict' = 'Reject rows with warnings, too'; '--report' = 'Write every change to this file, a line for each field'; '--full' = 'Compare every field of every row, known lines too'; '--lock-wait' = 'Wait so long for another import into this chamber'; '--help' = 'Show this help and exit' }
        'asta import template' = [ordered]@{ '--lang' = 'Language of the headings'; '--output' = 'Write to this file, whole or not at all'; '--excel' = 'CSV that a German Excel opens by double click'; '--help' = 'Show this help and exit' }
        'asta runs' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta runs list' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta runs show' = [ordered]@{ '--format' = 'Form of the output'; '--changes' = 'The first N changes, instead of how many'; '--report' = 'Write every change to this file, a line for each field'; '--help' = 'Show this help and exit' }
        'asta runs approve' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--orphan-ok' = 'Also if a company loses its last usable administrator'; '--lock-wait' = 'Wait so long for an import into the same chamber'; '--report' = 'Write every change to this file, a line for each field'; '--help' = 'Show this help and exit' }
        'asta runs undo' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--reason' = 'Why; it goes into the audit log and the mail'; '--orphan-ok' = 'Also if a company loses its last usable administrator'; '--lock-wait' = 'Wait so long for an import into the same chamber'; '--report' = 'Write every change to this file, a line for each field'; '--help' = 'Show this help and exit' }
        'asta letters' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta letters issue' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--keep-going' = 'Write the good rows and reject the rest'; '--max-errors' = 'With --keep-going: reject at most so many rows'; '--rejects' = 'Write the rejected rows to this file, in a dry run, too'; '--input-format' = 'Form of the input file'; '--delimiter' = 'What separates its columns'; '--encoding' = 'Its encoding: utf-8, cp1252, …'; '--sheet' = 'The sheet of a workbook; otherwise the first'; '--mapping' = 'Own headings and values, in TOML: [columns] "Betriebs-Nr" = "ident_number"'; '--allow-empty' = 'A file without records is meant'; '--from' = 'Many at once, from a file; - is standard input'; '--csv' = 'The file for the codes and addresses'; '--company' = 'This company; may be repeated'; '--missing' = 'Every open company without administrator and without a valid code'; '--again' = 'With --missing: also those that have a valid code, now void'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta letters list' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--company' = 'Only this company; may be repeated'; '--chamber' = 'The chamber meant'; '--state' = 'Only letters in this state'; '--help' = 'Show this help and exit' }
        'asta accounts' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta accounts list' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--chamber' = 'The chamber meant'; '--state' = 'Only accounts in this state'; '--search' = 'Somewhere in address or name'; '--help' = 'Show this help and exit' }
        'asta accounts show' = [ordered]@{ '--format' = 'Form of the output'; '--help' = 'Show this help and exit' }
        'asta accounts lock' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--reason' = 'Why; it is kept with the account'; '--orphan-ok' = 'Also if a company loses its last usable administrator'; '--help' = 'Show this help and exit' }
        'asta accounts unlock' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--reason' = 'Why; it is kept with the account'; '--disabled' = 'Also if the account has been disabled for good'; '--help' = 'Show this help and exit' }
        'asta accounts disable' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--reason' = 'Why; it is kept with the account'; '--orphan-ok' = 'Also if a company loses its last usable administrator'; '--help' = 'Show this help and exit' }
        'asta accounts offboard' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--reason' = 'Why; it is kept with the account'; '--orphan-ok' = 'Also if a company loses its last usable administrator'; '--help' = 'Show this help and exit' }
        'asta accounts change-email' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--orphan-ok' = 'Never needed: permissions move along, so no company loses its administrator'; '--help' = 'Show this help and exit' }
        'asta accounts duplicates' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta services' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta services list' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--company' = 'What this company may use, and uses'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta services set-state' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta services pilot' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--company' = 'The company; may be repeated'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta services activate' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--company' = 'The company; may be repeated'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta services deactivate' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--company' = 'The company; may be repeated'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta exam-periods' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta exam-periods list' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta exam-periods set' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--deadline' = 'The last day, inclusive'; '--chamber' = 'The chamber meant'; '--help' = 'Show this help and exit' }
        'asta jobs' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta jobs list' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--company' = 'Only this company; may be repeated'; '--chamber' = 'The chamber meant'; '--state' = 'Only jobs in this state'; '--help' = 'Show this help and exit' }
        'asta jobs work' = [ordered]@{ '--once' = 'Do everything that is due, then end'; '--failed' = 'Try again what was given up, too'; '--help' = 'Show this help and exit' }
        'asta mail' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta mail list' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--state' = 'Only mails in this state'; '--help' = 'Show this help and exit' }
        'asta mail send' = [ordered]@{ '--once' = 'Do everything that is due, then end'; '--help' = 'Show this help and exit' }
        'asta audit' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta audit list' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--action' = 'Only entries of this command'; '--help' = 'Show this help and exit' }
        'asta audit verify' = [ordered]@{ '--format' = 'Form of the output'; '--help' = 'Show this help and exit' }
        'asta operators' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta operators add' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--chamber' = 'The chamber meant'; '--everywhere' = 'Of every chamber, also of those to come'; '--impersonate' = 'They may act as accounts of theirs (--as); it goes into the log'; '--bootstrap' = 'The first one, of every chamber, made by root of this machine'; '--reason' = 'Why; it goes into the audit log and the mail'; '--help' = 'Show this help and exit' }
        'asta operators remove' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--chamber' = 'The chamber meant'; '--everywhere' = 'Only the office for every chamber'; '--reason' = 'Why; it goes into the audit log and the mail'; '--help' = 'Show this help and exit' }
        'asta operators list' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--help' = 'Show this help and exit' }
        'asta tokens' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta tokens create' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--verb' = 'A command that it is for; may be repeated'; '--company' = 'Only for this company and its sites; may be repeated'; '--chamber' = 'The chamber meant'; '--for' = 'How many days it is good'; '--until' = 'The last day it is good'; '--output' = 'Write it to this file, which only you can read'; '--help' = 'Show this help and exit' }
        'asta tokens list' = [ordered]@{ '--format' = 'Form of the output'; '--fields' = 'Only these columns, in this order'; '--sort' = 'Sort by these columns, - for the other way round'; '--limit' = 'At most this many rows'; '--output' = 'Write to this file, whole or not at all'; '--all' = 'Also what is over: ended, expired'; '--wide' = 'Every column of a table, nothing shortened'; '--excel' = 'CSV that a German Excel opens by double click'; '--help' = 'Show this help and exit' }
        'asta tokens revoke' = [ordered]@{ '--dry-run' = 'Say what would happen, write nothing'; '--format' = 'Form of the report'; '--account' = 'Whose token; your own unless you say it'; '--help' = 'Show this help and exit' }
        'asta db' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta db init' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta db upgrade' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta db check' = [ordered]@{ '--format' = 'Form of the output'; '--help' = 'Show this help and exit' }
        'asta db info' = [ordered]@{ '--format' = 'Form of the output'; '--help' = 'Show this help and exit' }
        'asta config' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta config show' = [ordered]@{ '--origin' = 'Say where each value comes from'; '--format' = 'Form of the output'; '--help' = 'Show this help and exit' }
        'asta config path' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta config init' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta doctor' = [ordered]@{ '--format' = 'Form of the output'; '--help' = 'Show this help and exit' }
        'asta completion' = [ordered]@{ '--help' = 'Show this help and exit' }
        'asta demo' = [ordered]@{ '--help' = 'Show this help and exit' }
    }
    $takes = @(
        'asta --config'
        'asta --database'
        'asta --as'
        'asta --token-file'
        'asta --lang'
        'asta --log-format'
        'asta register --format'
        'asta register --max-errors'
        'asta register --rejects'
        'asta register --input-format'
        'asta register --delimiter'
        'asta register --encoding'
        'asta register --sheet'
        'asta register --mapping'
        'asta register --from'
        'asta register --name'
        'asta register --chamber'
        'asta register --password-file'
        'asta register --report'
        'asta confirm --format'
        'asta confirm --resend'
        'asta login --password-file'
        'asta whoami --format'
        'asta password set --format'
        'asta password set --token-file'
        'asta password set --password-file'
        'asta password reset --format'
        'asta activate --format'
        'asta activate --chamber'
        'asta activate --code-file'
        'asta companies list --format'
        'asta companies list --fields'
        'asta companies list --sort'
        'asta companies list --limit'
        'asta companies list --output'
        'asta companies list --company'
        'asta companies list --chamber'
        'asta companies list --search'
        'asta companies list --city'
        'asta companies show --format'
        'asta companies show --chamber'
        'asta companies set --format'
        'asta companies set --from-file'
        'asta companies set --chamber'
        'asta companies admins --format'
        'asta companies admins --fields'
        'asta companies admins --sort'
        'asta companies admins --limit'
        'asta companies admins --output'
        'asta companies admins --chamber'
        'asta companies without-admin --format'
        'asta companies without-admin --fields'
        'asta companies without-admin --sort'
        'asta companies without-admin --limit'
        'asta companies without-admin --output'
        'asta companies without-admin --company'
        'asta companies without-admin --chamber'
        'asta companies without-admin --at-most'
        'asta companies administrable --format'
        'asta companies administrable --fields'
        'asta companies administrable --sort'
        'asta companies administrable --limit'
        'asta companies administrable --output'
        'asta companies administrable --account'
        'asta companies administrable --role'
        'asta trainers list --format'
        'asta trainers list --fields'
        'asta trainers list --sort'
        'asta trainers list --limit'
        'asta trainers list --output'
        'asta trainers list --company'
        'asta trainers list --chamber'
        'asta trainers show --format'
        'asta trainers show --company'
        'asta trainers show --chamber'
        'asta trainers set --format'
        'asta trainers set --from-file'
        'asta trainers set --company'
        'asta trainers set --chamber'
        'asta trainees list --format'
        'asta trainees list --fields'
        'asta trainees list --sort'
        'asta trainees list --limit'
        'asta trainees list --output'
        'asta trainees list --company'
        'asta trainees list --chamber'
        'asta trainees list --exam-period'
        'asta trainees list --trainer'
        'asta trainees list --ending-before'
        'asta trainees show --format'
        'asta trainees show --company'
        'asta trainees show --chamber'
        'asta trainees set --format'
        'asta trainees set --from-file'
        'asta trainees set --company'
        'asta trainees set --chamber'
        'asta perms grant --format'
        'asta perms grant --max-errors'
        'asta perms grant --rejects'
        'asta perms grant --input-format'
        'asta perms grant --delimiter'
        'asta perms grant --encoding'
        'asta perms grant --sheet'
        'asta perms grant --mapping'
        'asta perms grant --from'
        'asta perms grant --company'
        'asta perms grant --role'
        'asta perms grant --chamber'
        'asta perms grant --starting'
        'asta perms grant --until'
        'asta perms grant --for'
        'asta perms grant --trainer'
        'asta perms grant --reason'
        'asta perms grant --report'
        'asta perms revoke --format'
        'asta perms revoke --max-errors'
        'asta perms revoke --rejects'
        'asta perms revoke --input-format'
        'asta perms revoke --delimiter'
        'asta perms revoke --encoding'
        'asta perms revoke --sheet'
        'asta perms revoke --mapping'
        'asta perms revoke --from'
        'asta perms revoke --company'
        'asta perms revoke --role'
        'asta perms revoke --chamber'
        'asta perms revoke --reason'
        'asta perms revoke --report'
        'asta perms sync --format'
        'asta perms sync --max-errors'
        'asta perms sync --rejects'
        'asta perms sync --input-format'
        'asta perms sync --delimiter'
        'asta perms sync --encoding'
        'asta perms sync --sheet'
        'asta perms sync --mapping'
        'asta perms sync --max-ended'
        'asta perms sync --max-updated'
        'asta perms sync --max-created'
        'asta perms sync --from'
        'asta perms sync --company'
        'asta perms sync --chamber'
        'asta perms sync --reason'
        'asta perms sync --report'
        'asta perms renew --format'
        'asta perms renew --max-errors'
        'asta perms renew --rejects'
        'asta perms renew --input-format'
        'asta perms renew --delimiter'
        'asta perms renew --encoding'
        'asta perms renew --sheet'
        'asta perms renew --mapping'
        'asta perms renew --from'
        'asta perms renew --expiring'
        'asta perms renew --until'
        'asta perms renew --company'
        'asta perms renew --role'
        'asta perms renew --chamber'
        'asta perms renew --reason'
        'asta perms renew --report'
        'asta perms resend --format'
        'asta perms resend --company'
        'asta perms resend --chamber'
        'asta perms withdraw --format'
        'asta perms withdraw --company'
        'asta perms withdraw --role'
        'asta perms withdraw --chamber'
        'asta perms withdraw --reason'
        'asta perms check --format'
        'asta perms check --chamber'
        'asta perms check --at'
        'asta perms explain --format'
        'asta perms explain --chamber'
        'asta perms explain --at'
        'asta perms list --format'
        'asta perms list --fields'
        'asta perms list --sort'
        'asta perms list --limit'
        'asta perms list --output'
        'asta perms list --account'
        'asta perms list --role'
        'asta perms list --company'
        'asta perms list --chamber'
        'asta perms list --expiring'
        'asta perms list --at'
        'asta perms who --format'
        'asta perms who --fields'
        'asta perms who --sort'
        'asta perms who --limit'
        'asta perms who --output'
        'asta perms who --chamber'
        'asta perms who --at'
        'asta chambers add --format'
        'asta chambers add --name'
        'asta chambers add --email'
        'asta chambers list --format'
        'asta chambers list --fields'
        'asta chambers list --sort'
        'asta chambers list --limit'
        'asta chambers list --output'
        'asta chambers set --format'
        'asta chambers set --name'
        'asta chambers set --email'
        'asta import companies --format'
        'asta import companies --max-errors'
        'asta import companies --rejects'
        'asta import companies --input-format'
        'asta import companies --delimiter'
        'asta import companies --encoding'
        'asta import companies --sheet'
        'asta import companies --mapping'
        'asta import companies --max-ended'
        'asta import companies --max-updated'
        'asta import companies --max-created'
        'asta import companies --chamber'
        'asta import companies --mode'
        'asta import companies --report'
        'asta import companies --lock-wait'
        'asta import trainers --format'
        'asta import trainers --max-errors'
        'asta import trainers --rejects'
        'asta import trainers --input-format'
        'asta import trainers --delimiter'
        'asta import trainers --encoding'
        'asta import trainers --sheet'
        'asta import trainers --mapping'
        'asta import trainers --max-ended'
        'asta import trainers --max-updated'
        'asta import trainers --max-created'
        'asta import trainers --chamber'
        'asta import trainers --mode'
        'asta import trainers --report'
        'asta import trainers --lock-wait'
        'asta import trainees --format'
        'asta import trainees --max-errors'
        'asta import trainees --rejects'
        'asta import trainees --input-format'
        'asta import trainees --delimiter'
        'asta import trainees --encoding'
        'asta import trainees --sheet'
        'asta import trainees --mapping'
        'asta import trainees --max-ended'
        'asta import trainees --max-updated'
        'asta import trainees --max-created'
        'asta import trainees --chamber'
        'asta import trainees --mode'
        'asta import trainees --report'
        'asta import trainees --lock-wait'
        'asta import azubi-accounts --format'
        'asta import azubi-accounts --max-errors'
        'asta import azubi-accounts --rejects'
        'asta import azubi-accounts --input-format'
        'asta import azubi-accounts --delimiter'
        'asta import azubi-accounts --encoding'
        'asta import azubi-accounts --sheet'
        'asta import azubi-accounts --mapping'
        'asta import azubi-accounts --max-ended'
        'asta import azubi-accounts --max-updated'
        'asta import azubi-accounts --max-created'
        'asta import azubi-accounts --chamber'
        'asta import azubi-accounts --mode'
        'asta import azubi-accounts --report'
        'asta import azubi-accounts --lock-wait'
        'asta import snapshot --format'
        'asta import snapshot --max-errors'
        'asta import snapshot --rejects'
        'asta import snapshot --input-format'
        'asta import snapshot --delimiter'
        'asta import snapshot --encoding'
        'asta import snapshot --sheet'
        'asta import snapshot --mapping'
        'asta import snapshot --max-ended'
        'asta import snapshot --max-updated'
        'asta import snapshot --max-created'
        'asta import snapshot --chamber'
        'asta import snapshot --mode'
        'asta import snapshot --report'
        'asta import snapshot --lock-wait'
        'asta import template --lang'
        'asta import template --output'
        'asta runs list --format'
        'asta runs list --fields'
        'asta runs list --sort'
        'asta runs list --limit'
        'asta runs list --output'
        'asta runs list --chamber'
        'asta runs show --format'
        'asta runs show --changes'
        'asta runs show --report'
        'asta runs approve --format'
        'asta runs approve --lock-wait'
        'asta runs approve --report'
        'asta runs undo --format'
        'asta runs undo --reason'
        'asta runs undo --lock-wait'
        'asta runs undo --report'
        'asta letters issue --format'
        'asta letters issue --max-errors'
        'asta letters issue --rejects'
        'asta letters issue --input-format'
        'asta letters issue --delimiter'
        'asta letters issue --encoding'
        'asta letters issue --sheet'
        'asta letters issue --mapping'
        'asta letters issue --from'
        'asta letters issue --csv'
        'asta letters issue --company'
        'asta letters issue --chamber'
        'asta letters list --format'
        'asta letters list --fields'
        'asta letters list --sort'
        'asta letters list --limit'
        'asta letters list --output'
        'asta letters list --company'
        'asta letters list --chamber'
        'asta letters list --state'
        'asta accounts list --format'
        'asta accounts list --fields'
        'asta accounts list --sort'
        'asta accounts list --limit'
        'asta accounts list --output'
        'asta accounts list --chamber'
        'asta accounts list --state'
        'asta accounts list --search'
        'asta accounts show --format'
        'asta accounts lock --format'
        'asta accounts lock --reason'
        'asta accounts unlock --format'
        'asta accounts unlock --reason'
        'asta accounts disable --format'
        'asta accounts disable --reason'
        'asta accounts offboard --format'
        'asta accounts offboard --reason'
        'asta accounts change-email --format'
        'asta accounts duplicates --format'
        'asta accounts duplicates --fields'
        'asta accounts duplicates --sort'
        'asta accounts duplicates --limit'
        'asta accounts duplicates --output'
        'asta accounts duplicates --chamber'
        'asta services list --format'
        'asta services list --fields'
        'asta services list --sort'
        'asta services list --limit'
        'asta services list --output'
        'asta services list --company'
        'asta services list --chamber'
        'asta services set-state --format'
        'asta services set-state --chamber'
        'asta services pilot --format'
        'asta services pilot --company'
        'asta services pilot --chamber'
        'asta services activate --format'
        'asta services activate --company'
        'asta services activate --chamber'
        'asta services deactivate --format'
        'asta services deactivate --company'
        'asta services deactivate --chamber'
        'asta exam-periods list --format'
        'asta exam-periods list --fields'
        'asta exam-periods list --sort'
        'asta exam-periods list --limit'
        'asta exam-periods list --output'
        'asta exam-periods list --chamber'
        'asta exam-periods set --format'
        'asta exam-periods set --deadline'
        'asta exam-periods set --chamber'
        'asta jobs list --format'
        'asta jobs list --fields'
        'asta jobs list --sort'
        'asta jobs list --limit'
        'asta jobs list --output'
        'asta jobs list --company'
        'asta jobs list --chamber'
        'asta jobs list --state'
        'asta mail list --format'
        'asta mail list --fields'
        'asta mail list --sort'
        'asta mail list --limit'
        'asta mail list --output'
        'asta mail list --state'
        'asta audit list --format'
        'asta audit list --fields'
        'asta audit list --sort'
        'asta audit list --limit'
        'asta audit list --output'
        'asta audit list --action'
        'asta audit verify --format'
        'asta operators add --format'
        'asta operators add --chamber'
        'asta operators add --reason'
        'asta operators remove --format'
        'asta operators remove --chamber'
        'asta operators remove --reason'
        'asta operators list --format'
        'asta operators list --fields'
        'asta operators list --sort'
        'asta operators list --limit'
        'asta operators list --output'
        'asta tokens create --format'
        'asta tokens create --verb'
        'asta tokens create --company'
        'asta tokens create --chamber'
        'asta tokens create --for'
        'asta tokens create --until'
        'asta tokens create --output'
        'asta tokens list --format'
        'asta tokens list --fields'
        'asta tokens list --sort'
        'asta tokens list --limit'
        'asta tokens list --output'
        'asta tokens revoke --format'
        'asta tokens revoke --account'
        'asta db check --format'
        'asta db info --format'
        'asta config show --format'
        'asta doctor --format'
    )
    $values = @{
        'asta --lang' = @('de', 'en')
        'asta --log-format' = @('text', 'json')
        'asta register --format' = @('text', 'json')
        'asta register --input-format' = @('csv', 'jsonl', 'xlsx')
        'asta confirm --format' = @('text', 'json')
        'asta whoami --format' = @('text', 'json')
        'asta password set --format' = @('text', 'json')
        'asta password reset --format' = @('text', 'json')
        'asta activate --format' = @('text', 'json')
        'asta companies list --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta companies show --format' = @('text', 'json')
        'asta companies set --format' = @('text', 'json')
        'asta companies admins --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta companies without-admin --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta companies administrable --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta companies administrable --role' = @('administrator', 'manager', 'trainer', 'contract_applicant')
        'asta trainers list --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta trainers show --format' = @('text', 'json')
        'asta trainers set --format' = @('text', 'json')
        'asta trainees list --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta trainees show --format' = @('text', 'json')
        'asta trainees set --format' = @('text', 'json')
        'asta perms grant --format' = @('text', 'json')
        'asta perms grant --input-format' = @('csv', 'jsonl', 'xlsx')
        'asta perms grant --role' = @('administrator', 'manager', 'trainer', 'contract_applicant')
        'asta perms revoke --format' = @('text', 'json')
        'asta perms revoke --input-format' = @('csv', 'jsonl', 'xlsx')
        'asta perms revoke --role' = @('administrator', 'manager', 'trainer', 'contract_applicant')
        'asta perms sync --format' = @('text', 'json')
        'asta perms sync --input-format' = @('csv', 'jsonl', 'xlsx')
        'asta perms renew --format' = @('text', 'json')
        'asta perms renew --input-format' = @('csv', 'jsonl', 'xlsx')
        'asta perms renew --role' = @('administrator', 'manager', 'trainer', 'contract_applicant')
        'asta perms resend --format' = @('text', 'json')
        'asta perms withdraw --format' = @('text', 'json')
        'asta perms withdraw --role' = @('administrator', 'manager', 'trainer', 'contract_applicant')
        'asta perms check --format' = @('text', 'json')
        'asta perms check 1' = @('company.view', 'trainers.view', 'trainees.view', 'trainees.view_assigned', 'perms.grant', 'perms.grant_trainer', 'services.manage', 'exam.register', 'contracts.file')
        'asta perms explain --format' = @('text', 'json')
        'asta perms explain 1' = @('company.view', 'trainers.view', 'trainees.view', 'trainees.view_assigned', 'perms.grant', 'perms.grant_trainer', 'services.manage', 'exam.register', 'contracts.file')
        'asta perms list --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta perms list --role' = @('administrator', 'manager', 'trainer', 'contract_applicant')
        'asta perms who --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta perms who 1' = @('company.view', 'trainers.view', 'trainees.view', 'trainees.view_assigned', 'perms.grant', 'perms.grant_trainer', 'services.manage', 'exam.register', 'contracts.file')
        'asta chambers add --format' = @('text', 'json')
        'asta chambers list --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta chambers set --format' = @('text', 'json')
        'asta import companies --format' = @('text', 'json')
        'asta import companies --input-format' = @('csv', 'jsonl', 'xlsx')
        'asta import companies --mode' = @('merge', 'mirror')
        'asta import trainers --format' = @('text', 'json')
        'asta import trainers --input-format' = @('csv', 'jsonl', 'xlsx')
        'asta import trainers --mode' = @('merge', 'mirror')
        'asta import trainees --format' = @('text', 'json')
        'asta import trainees --input-format' = @('csv', 'jsonl', 'xlsx')
        'asta import trainees --mode' = @('merge', 'mirror')
        'asta import azubi-accounts --format' = @('text', 'json')
        'asta import azubi-accounts --input-format' = @('csv', 'jsonl', 'xlsx')
        'asta import azubi-accounts --mode' = @('merge', 'mirror')
        'asta import snapshot --format' = @('text', 'json')
        'asta import snapshot --input-format' = @('csv', 'jsonl', 'xlsx')
        'asta import snapshot --mode' = @('merge', 'mirror')
        'asta import template --lang' = @('de', 'en')
        'asta import template 0' = @('companies', 'trainers', 'trainees', 'azubi-accounts', 'grants', 'registrations')
        'asta runs list --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta runs show --format' = @('text', 'json')
        'asta runs approve --format' = @('text', 'json')
        'asta runs undo --format' = @('text', 'json')
        'asta letters issue --format' = @('text', 'json')
        'asta letters issue --input-format' = @('csv', 'jsonl', 'xlsx')
        'asta letters list --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta letters list --state' = @('valid', 'used', 'void', 'expired')
        'asta accounts list --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta accounts list --state' = @('unconfirmed', 'confirmed', 'locked', 'disabled')
        'asta accounts show --format' = @('text', 'json')
        'asta accounts lock --format' = @('text', 'json')
        'asta accounts unlock --format' = @('text', 'json')
        'asta accounts disable --format' = @('text', 'json')
        'asta accounts offboard --format' = @('text', 'json')
        'asta accounts change-email --format' = @('text', 'json')
        'asta accounts duplicates --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta services list --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta services set-state --format' = @('text', 'json')
        'asta services set-state 0' = @('exam-registration', 'contract-management')
        'asta services set-state 1' = @('unavailable', 'pilot', 'available')
        'asta services pilot --format' = @('text', 'json')
        'asta services pilot 0' = @('add', 'remove')
        'asta services pilot 1' = @('exam-registration', 'contract-management')
        'asta services activate --format' = @('text', 'json')
        'asta services activate 0' = @('exam-registration', 'contract-management')
        'asta services deactivate --format' = @('text', 'json')
        'asta services deactivate 0' = @('exam-registration', 'contract-management')
        'asta exam-periods list --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta exam-periods set --format' = @('text', 'json')
        'asta jobs list --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta jobs list --state' = @('queued', 'running', 'done', 'failed')
        'asta mail list --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta mail list --state' = @('queued', 'sent', 'failed', 'dropped')
        'asta audit list --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta audit verify --format' = @('text', 'json')
        'asta operators add --format' = @('text', 'json')
        'asta operators remove --format' = @('text', 'json')
        'asta operators list --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta tokens create --format' = @('text', 'json')
        'asta tokens list --format' = @('table', 'json', 'jsonl', 'csv', 'ids', 'count')
        'asta tokens revoke --format' = @('text', 'json')
        'asta db check --format' = @('text', 'json')
        'asta db info --format' = @('text', 'json')
        'asta config show --format' = @('toml', 'json')
        'asta doctor --format' = @('text', 'json')
        'asta completion 0' = @('bash', 'zsh', 'fish', 'powershell')
    }

    $location = 'asta'
    $place = 0
    $wants = ''
    $ended = $false
    foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
        if ($element.Extent.EndOffset -ge $cursorPosition) { break }
        $word = $element.Extent.Text.Trim([char]34, [char]39)
        if ($wants) { $wants = '' }
        elseif (-not $ended -and $word -ceq '--') { $ended = $true }
        elseif (-not $ended -and $word -clike '-*=*') { }
        elseif (-not $ended -and $word -clike '-?*') {
            if ($takes -ccontains "$location $word") { $wants = $word }
        }
        elseif ($subs.ContainsKey($location) -and $subs[$location].Contains($word)) { $location = "$location $word" }
        else { $place++ }
    }

    $prefix = ''
    $stem = $wordToComplete
    $found = [ordered]@{}
    $slot = ''
    if ($wants) { $slot = "$location $wants" }
    elseif (-not $ended -and $stem -clike '-*=*') {
        $option, $stem = $stem -split '=', 2
        $prefix = "$option="
        $slot = "$location $option"
    }
    elseif (-not $ended -and $stem -clike '-*') { $found = $opts[$location] }
    elseif ($subs.ContainsKey($location)) { $found = $subs[$location] }
    else { $slot = "$location $place" }
    if ($slot) {
        foreach ($choice in $values[$slot]) { $found[$choice] = $choice }
    }
    # With nothing to offer PowerShell completes file names by itself.
    foreach ($entry in $found.GetEnumerator()) {
        if ($entry.Key.StartsWith($stem, [StringComparison]::Ordinal)) {
            $text = $prefix + $entry.Key
            [System.Management.Automation.CompletionResult]::new($text, $entry.Key, 'ParameterValue', $entry.Value)
        }
    }
}
