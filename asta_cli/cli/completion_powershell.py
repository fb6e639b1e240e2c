"""Completion for PowerShell, 5.1 and newer."""

from __future__ import annotations

from asta_cli.cli.completion import Fill, Node, Value, slots

TEMPLATE = r"""# Completion of asta for PowerShell, made by: asta completion powershell
# Add it to your $PROFILE, or dot-source it there.

Register-ArgumentCompleter -Native -CommandName asta -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $subs = @{
@SUBS@
    }
    $opts = @{
@OPTS@
    }
    $takes = @(
@TAKES@
    )
    $values = @{
@VALUES@
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
"""


def write(top: Node) -> str:
    """The script for the commands of *top*."""
    nodes = list(top.walk())
    takes = [f"{' '.join(n.path)} {name}" for n in nodes for o in n.options if o.value for name in o.names]
    parts = {
        "SUBS": [_table(n, [(c.name, c.help) for c in n.commands]) for n in nodes if n.commands],
        "OPTS": [_table(n, [(name, o.help) for o in n.options for name in o.names]) for n in nodes],
        "TAKES": [f"        {_text(slot)}" for slot in takes],
        "VALUES": [f"        {_text(slot)} = @({_choices(value)})" for slot, value in slots(top) if value.choices],
    }
    text = TEMPLATE
    for place, lines in parts.items():
        text = text.replace(f"@{place}@", "\n".join(lines))
    return text


def _table(node: Node, rows: list[tuple[str, str]]) -> str:
    pairs = "; ".join(f"{_text(name)} = {_text(help or name)}" for name, help in rows)
    return f"        {_text(' '.join(node.path))} = [ordered]@{{ {pairs} }}"


def _choices(value: Value) -> str:
    return ", ".join(map(_text, value.choices)) if value.fill is Fill.NOTHING else ""


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
