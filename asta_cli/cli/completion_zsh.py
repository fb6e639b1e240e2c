"""Completion for zsh."""

from __future__ import annotations

from asta_cli.cli.completion import Fill, Node, Value, slots

TEMPLATE = r"""#compdef asta
# Completion of asta for zsh, made by: asta completion zsh
# Put it as _asta into a directory of $fpath, before compinit runs.

_asta_command() {
    case $1 in
@COMMANDS@
    esac
}

_asta_value() {
    case $1 in
@VALUES@
    esac
}

_asta() {
    local word location=asta wants='' ended='' fill='' cur=$words[CURRENT]
    local -i place=0
    local -a subs opts takes choices
    _asta_command $location
    for word in "${(@)words[2,CURRENT-1]}"; do
        if [[ -n $wants ]]; then
            wants=''
        elif [[ -z $ended && $word == -- ]]; then
            ended=1
        elif [[ -z $ended && $word == -*=* ]]; then
            :
        elif [[ -z $ended && $word == -?* ]]; then
            if (( $takes[(Ie)$word] )); then wants=$word; fi
        elif (( $subs[(I)${(b)word}:*] )); then
            location+=" $word"
            _asta_command $location
        else
            place+=1
        fi
    done
    if [[ -n $wants ]]; then
        _asta_value "$location $wants"
    elif [[ -z $ended && $cur == -*=* ]]; then
        _asta_value "$location ${cur%%=*}"
        compset -P '*='
    elif [[ -z $ended && $cur == -* ]]; then
        _describe -o option opts
        return
    elif (( $#subs )); then
        _describe -t commands command subs
        return
    else
        _asta_value "$location $place"
    fi
    case $fill in
        file) _files ;;
        directory) _files -/ ;;
        *) (( $#choices )) && compadd -a choices ;;
    esac
}

if [[ $funcstack[1] == _asta ]]; then
    _asta "$@"
else
    compdef _asta asta
fi
"""


def write(top: Node) -> str:
    """The script for the commands of *top*."""
    commands = [_command(node) for node in top.walk()]
    values = [f"        '{slot}') {_assign(value)} ;;" for slot, value in slots(top)]
    return TEMPLATE.replace("@COMMANDS@", "\n".join(commands)).replace("@VALUES@", "\n".join(values))


def _command(node: Node) -> str:
    subs = [_described(c.name, c.help) for c in node.commands]
    opts = [_described(name, option.help) for option in node.options for name in option.names]
    takes = [name for option in node.options if option.value for name in option.names]
    return (
        f"        '{' '.join(node.path)}')\n"
        f"            subs=({' '.join(subs)})\n"
        f"            opts=({' '.join(opts)})\n"
        f"            takes=({' '.join(takes)})\n"
        "            ;;"
    )


def _described(name: str, help: str) -> str:
    text = help.replace("\\", "\\\\").replace(":", "\\:").replace("'", "'\\''")
    return f"'{name}:{text}'"


def _assign(value: Value) -> str:
    return f"fill={value.fill}" if value.fill is not Fill.NOTHING else f"choices=({' '.join(value.choices)})"
