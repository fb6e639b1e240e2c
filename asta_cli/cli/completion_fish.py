"""Completion for fish, 3.0 and newer."""

from __future__ import annotations

from asta_cli.cli.completion import Fill, Node, Value, slots

TEMPLATE = r"""# Completion of asta for fish, made by: asta completion fish
# Put it as asta.fish into ~/.config/fish/completions.

function __asta_subs
    switch "$argv[1]"
@SUBS@
    end
end

function __asta_opts
    switch "$argv[1]"
@OPTS@
    end
end

function __asta_takes
    switch "$argv[1]"
@TAKES@
            return 0
    end
    return 1
end

function __asta_value
    switch "$argv[1]"
@VALUES@
    end
end

function __asta_is_command
    switch "$argv[1]"
@PATHS@
            return 0
    end
    return 1
end

function __asta_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l location asta
    set -l place 0
    set -l wants
    set -l ended
    for word in $words[2..-1]
        if test -n "$wants"
            set wants
        else if test -z "$ended" -a "$word" = --
            set ended 1
        else if test -z "$ended"; and string match -q -- '-*=*' "$word"
            continue
        else if test -z "$ended"; and string match -q -- '-?*' "$word"
            if __asta_takes "$location $word"
                set wants $word
            end
        else if __asta_is_command "$location $word"
            set location "$location $word"
        else
            set place (math $place + 1)
        end
    end
    if test -n "$wants"
        __asta_value "$location $wants"
    else if test -z "$ended"; and string match -q -- '-*=*' "$current"
        set -l option (string split -m 1 = -- $current)[1]
        for found in (__asta_value "$location $option" (string replace -r '^[^=]*=' '' -- $current))
            echo -- "$option=$found"
        end
    else if test -z "$ended"; and string match -q -- '-*' "$current"
        __asta_opts $location
    else
        __asta_subs $location
        __asta_value "$location $place"
    end
end

function __asta_files
    set -q argv[1]; or set argv[1] (commandline -ct)
    __fish_complete_path $argv[1]
end

function __asta_directories
    set -q argv[1]; or set argv[1] (commandline -ct)
    __fish_complete_directories $argv[1] ''
end

complete -c asta -e
complete -c asta -f -a '(__asta_complete)'
"""


def write(top: Node) -> str:
    """The script for the commands of *top*."""
    nodes = list(top.walk())
    parts = {
        "SUBS": [_case(n, [(c.name, c.help) for c in n.commands]) for n in nodes if n.commands],
        "OPTS": [_case(n, [(name, o.help) for o in n.options for name in o.names]) for n in nodes],
        "TAKES": [_list(f"{_path(n)} {name}" for n in nodes for o in n.options if o.value for name in o.names)],
        "VALUES": [f"        case {_text(slot)}\n            {_fill(value)}" for slot, value in slots(top)],
        "PATHS": [_list(_path(n) for n in nodes if len(n.path) > 1)],
    }
    text = TEMPLATE
    for place, lines in parts.items():
        text = text.replace(f"@{place}@", "\n".join(lines))
    return text


def _path(node: Node) -> str:
    return " ".join(node.path)


def _case(node: Node, rows: list[tuple[str, str]]) -> str:
    words = " ".join(_text(f"{name}\t{help}") for name, help in rows)
    return f"        case {_text(_path(node))}\n            printf '%s\\n' {words}"


def _list(slots_: object) -> str:
    words = " ".join(_text(slot) for slot in slots_)  # type: ignore[attr-defined]
    return f"        case {words}"


def _text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _fill(value: Value) -> str:
    if value.fill is Fill.FILE:
        return "__asta_files $argv[2..-1]"
    if value.fill is Fill.DIRECTORY:
        return "__asta_directories $argv[2..-1]"
    return f"printf '%s\\n' {' '.join(map(_text, value.choices))}"
