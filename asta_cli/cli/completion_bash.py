"""Completion for bash, 3.2 and newer."""

from __future__ import annotations

from asta_cli.cli.completion import Fill, Node, Value, slots

TEMPLATE = r"""# Completion of asta for bash, made by: asta completion bash
# Put it where bash-completion looks (~/.local/share/bash-completion/completions/asta), or source it in ~/.bashrc.

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
"""


def write(top: Node) -> str:
    """The script for the commands of *top*."""
    commands = [_command(node) for node in top.walk()]
    values = [f"        '{slot}') {_assign(value)} ;;" for slot, value in slots(top)]
    return TEMPLATE.replace("@COMMANDS@", "\n".join(commands)).replace("@VALUES@", "\n".join(values))


def _command(node: Node) -> str:
    names = [name for option in node.options for name in option.names]
    takes = [name for option in node.options if option.value for name in option.names]
    return (
        f"        '{' '.join(node.path)}')\n"
        f"            subs='{' '.join(c.name for c in node.commands)}'\n"
        f"            opts='{' '.join(names)}'\n"
        f"            takes=' {' '.join(takes)} '\n"
        "            ;;"
    )


def _assign(value: Value) -> str:
    return f"fill={value.fill}" if value.fill is not Fill.NOTHING else f"values='{' '.join(value.choices)}'"
