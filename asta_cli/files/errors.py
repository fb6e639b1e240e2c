"""What can be wrong with a whole file. What is wrong with one row is a ``Problem`` of that row instead.

Field ``file`` is the name as the user typed it (``stdin`` for ``-``), ``line`` the first physical line of the record.
"""

from __future__ import annotations

from asta_cli.core.errors import N_, AstaError, Status, TryLater, UsageError


class InputError(AstaError):
    """The input file cannot be read as what it should be. Base of all that ends with exit status 65."""

    code = "bad_file"
    status = Status.DATA
    message = N_("{file} cannot be read")


class FileMissing(InputError):
    """Nothing is there under that name."""

    code = "file_not_found"
    message = N_("{file}: there is no such file")
    hint = N_("check the spelling and the directory")


class IsDirectory(InputError):
    """A directory stands where a file is needed."""

    code = "is_directory"
    message = N_("{file} is a directory, not a file")
    hint = N_("name a file in it; only 'asta import snapshot' takes a directory")


class NotRegular(InputError):
    """A device, a named pipe or a socket: it cannot be read twice, and reading it may never end."""

    code = "not_a_file"
    message = N_("{file} is a device or a pipe, not a file")
    hint = N_("to read what another program writes, give - as the file name and pipe it in")


class NoAccess(InputError):
    """The operating system refuses to open the file."""

    code = "file_no_access"
    message = N_("{file} may not be read: the operating system refuses it")
    hint = N_("check the owner and the permissions of the file and of its directories")


class Unreadable(InputError):
    """Opening or reading failed for another reason."""

    code = "unreadable"
    message = N_("{file} cannot be read: {reason}")
    hint = N_("check the file and the disk it lies on")


class Workbook(InputError):
    """A workbook where text was expected. Base of all that is wrong with workbooks."""

    code = "workbook"
    message = N_("{file} is a workbook, not a text file")
    hint = N_("give it a name that ends in .xlsx, or say --input-format xlsx")


class OtherWorkbook(Workbook):
    """A spreadsheet program's own format, but not the one that asta reads."""

    message = N_("{file} is a workbook of another kind than .xlsx")
    hint = N_("open it in the spreadsheet program and save it as .xlsx or as CSV (UTF-8)")


class NotWorkbook(Workbook):
    """It is called a workbook and is none."""

    code = "not_workbook"
    message = N_("{file} is not a workbook")
    hint = N_("if it is text, say so with --input-format csv; otherwise export it again")


class LockedWorkbook(Workbook):
    """Encrypted: only who knows the password can read it."""

    code = "workbook_locked"
    message = N_("{file} is protected by a password")
    hint = N_("save it in the spreadsheet program without a password")


class DamagedWorkbook(Workbook):
    """It is a workbook but cannot be understood."""

    code = "workbook_damaged"
    message = N_("{file} is damaged and cannot be read as a workbook")
    hint = N_("open it in the spreadsheet program and save it anew, or as CSV (UTF-8)")


class LargeWorkbook(Workbook):
    """Reading it would take more memory or time than is allowed to a workbook of its size."""

    code = "workbook_large"
    message = N_("{file} takes more memory or time than is allowed for reading a workbook of its size")
    hint = N_("delete what stands far below or beside the table, or save the sheet as CSV (UTF-8)")


class UnknownSheet(Workbook):
    """The workbook has no sheet of that name, or none at all."""

    code = "unknown_sheet"
    message = N_("{file} has no sheet {sheet}")
    hint = N_("its sheets: {sheets}")


class NoSheet(Workbook):
    """The workbook has no sheet with cells, only diagrams."""

    code = "unknown_sheet"
    message = N_("{file} has no sheet with cells")


class WideHeader(Workbook):
    """The first row has thousands of headings: no table looks like that."""

    code = "bad_header"
    message = N_("{file}: the first row of the sheet is no header of a table")
    hint = N_("name the sheet that holds the table with --sheet")


class NotText(InputError):
    """The first line holds a zero byte or does not end within the limit: no register looks like that."""

    code = "not_text"
    message = N_("{file} is not a text file")
    hint = N_("asta reads CSV and JSON Lines")


class WideText(InputError):
    """UTF-16 or UTF-32, told by the byte order mark."""

    code = "wide_text"
    message = N_('{file} is stored as UTF-16 or UTF-32 ("Unicode text")')
    hint = N_("save it as CSV UTF-8")


class LineEnds(InputError):
    """Lines that end in a carriage return alone, as old Macintosh programs wrote them."""

    code = "line_ends"
    message = N_("{file}:{line}: the lines end in carriage returns alone")
    hint = N_("save it with the line ends of Windows or Unix")


class BadEncoding(InputError):
    """A byte that the encoding does not have."""

    code = "bad_encoding"
    message = N_("{file}:{line}: the byte 0x{byte} is not possible in {encoding}")
    hint = N_("save the file as UTF-8, or name its encoding with --encoding")


class EmptyFile(InputError):
    """Not even a header."""

    code = "empty_file"
    message = N_("{file} is empty")
    hint = N_("a file without records still has its header line, and needs --allow-empty")


class NoRows(InputError):
    """A header and nothing below it, which may mean that the export failed."""

    code = "no_rows"
    message = N_("{file} has no records")
    hint = N_("if that is meant, repeat the command with --allow-empty")


class OpenQuote(InputError):
    """A quotation mark is opened and the file ends before it is closed."""

    code = "open_quote"
    message = N_("{file}:{line}: a quotation mark opened here is never closed")
    hint = N_("the file may be cut off; export it again, or close the quotation mark")


class Truncated(InputError):
    """The last record lacks its end: a transfer was interrupted."""

    code = "truncated_file"
    message = N_("{file}:{line}: the last record is incomplete, the file seems to be cut off")
    hint = N_("export or transfer the file again")


class BadHeader(InputError):
    """The quotation marks or line ends of the header make no sense."""

    code = "bad_header"
    message = N_("{file}:{line}: the header cannot be divided into headings")
    hint = N_("check its quotation marks")


class MissingColumn(InputError):
    """A column without which no record can be read is not in the header."""

    code = "missing_column"
    message = N_("{file}:{line}: the header lacks {columns}")
    hint = N_("accepted headings: {accepted}")


class DoubledColumn(InputError):
    """Two headings name the same column, so its value is ambiguous."""

    code = "doubled_column"
    message = N_("{file}:{line}: the headings {headings} all mean the column {column}")
    hint = N_("keep one of them; to have a column ignored, begin its heading with _")


class NotJson(InputError):
    """A line that is not one JSON object."""

    code = "not_json"
    message = N_("{file}:{line}: the line is not a JSON object")
    hint = N_("JSON Lines has one object on each line: {example}")


class FileChanged(InputError):
    """Size or time of the file changed between opening it and reading its end."""

    code = "file_changed"
    message = N_("{file} was changed while it was being read")
    hint = N_("wait until the program that writes it has ended, then repeat the command")


class UnknownFile(InputError):
    """A snapshot file whose name says no kind."""

    code = "unknown_file"
    message = N_("{file}: the name does not say what the file holds")
    hint = N_("possible names: {possible}")


class DoubledFile(InputError):
    """Two snapshot files of one kind."""

    code = "doubled_file"
    message = N_("{files} are all files of {kind}")
    hint = N_("keep one of them")


class NoFiles(InputError):
    """A snapshot without a file of any kind."""

    code = "no_files"
    message = N_("{file}: there is nothing to import in it")
    hint = N_("possible names: {possible}")


class OutputRefused(UsageError):
    """A file cannot be written where the user asked for it.

    Exit status 2, as for any option whose value cannot be taken: the data is right, the name for the result is not.
    """

    code = "bad_output"
    message = N_("{file} cannot be written: {reason}")
    hint = N_("name a file in a directory where you may write")


class OutputMissingDirectory(OutputRefused):
    """The directory of the file to be written does not exist."""

    message = N_("{file} cannot be written: its directory does not exist")
    hint = N_("make the directory first, or name another")


class OutputNoAccess(OutputRefused):
    """The operating system refuses to write there."""

    message = N_("{file} cannot be written: the operating system refuses it")


class OutputNotRegular(OutputRefused):
    """A directory, device or link stands there. A link is not followed: who plants one must not choose our target."""

    message = N_("{file} cannot be written: a directory, a link or a device is in its place")
    hint = N_("name a new file or an ordinary one")


class OutputIsDatabase(OutputRefused):
    """A database, or a file that belongs to one, stands there; nothing that asta writes ever takes its place."""

    message = N_("{file} cannot be written: a database or a file that belongs to one is in its place")
    hint = N_("name another file")


class OutputIsInput(OutputRefused):
    """It is the file that is being read: its good rows would be lost."""

    message = N_("{file} cannot be written: it is the file that is read")
    hint = N_("name another file")


class DiskTrouble(TryLater):
    """The disk is full, the quota used up, or the device reports an error: the same command may succeed later."""

    code = "disk"
    message = N_("{file} cannot be written: the disk is full or reports an error")
    hint = N_("make room, then repeat the command; nothing half written was left")
