"""A form as the form language defines it: frozen values without behaviour, read by `forms.py`.

Anybody below `operations` may import it through `app.definitions`. Nothing about HTML or validation goes in.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rule:
    """`rule` is a CEL text that must hold; `message` is shown when it does not."""
    rule: str
    message: str
    message_en: str = ""


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    label_en: str = ""


@dataclass(frozen=True)
class Kinds:
    """The kinds of rows of a table: `field` is the column that says the kind."""
    field: str
    options: tuple[Option, ...]
    columns: Mapping[str, tuple["Field", ...]] = field(default_factory=dict, hash=False)   # kind -> its own columns


@dataclass(frozen=True)
class Field:
    """A field. Expressions are CEL texts, "" when there is none; attributes of other types are left at their default."""
    key: str
    type: str
    label: str = ""
    label_en: str = ""
    hint: str = ""
    hint_en: str = ""
    required: bool = False
    required_when: str = ""
    shown_when: str = ""
    valid_when: tuple[Rule, ...] = ()
    warn_when: tuple[Rule, ...] = ()     # like valid_when, but tells and never refuses
    default: str = ""
    generated: str = ""
    readonly: bool = False
    hidden: bool = False                 # stored and printed in reports, drawn nowhere
    copied: bool | None = None           # taken into a new application; None: yes, but files and photos no
    personal: str = ""                   # class of personal data, "" for none
    summary: bool = False
    party: str = ""
    width: str = "full"
    min_length: int | None = None        # code points
    max_length: int | None = None
    pattern: str = ""
    pattern_message: str = ""
    pattern_message_en: str = ""
    format: str = ""                     # id-card, phone, email, uscc
    rows: int | None = None              # height of the box in lines
    min: int | float | None = None       # numbers and money (fen); for people the least number of them
    max: int | float | None = None
    decimals: int = 0
    unit: str = ""
    unit_en: str = ""
    not_before: str = ""
    not_after: str = ""
    options: tuple[Option, ...] = ()
    code_table: str = ""
    style: str = ""                      # radio or select
    levels: tuple[str, ...] = ()
    level_labels: tuple[str, ...] = ()
    level_labels_en: tuple[str, ...] = ()
    exclusive: str = ""
    columns: tuple["Field", ...] = ()
    kinds: Kinds | None = None
    min_rows: int | None = None
    max_rows: int | None = None
    list_columns: tuple[str, ...] = ()
    row_valid_when: tuple[Rule, ...] = ()
    row_warn_when: tuple[Rule, ...] = ()
    rows_from: str = ""                  # list of maps: which rows there are, with the cells that nobody types
    accept: tuple[str, ...] = ()         # endings without a dot
    max_mb: int | float | None = None
    max_files: int = 1
    description: str = ""
    description_en: str = ""
    blank: str = ""                      # report that gives the form to sign
    sample: str = ""                     # a file of forms/<procedure>/samples/ that shows how it is done
    for_rows: Mapping[str, str] = field(default_factory=dict, hash=False)   # table -> CEL over `row`: the rows this file proves
    photo_width: int | None = None       # pixels
    photo_height: int | None = None
    photo_rule: str = "at_least"         # at_least: greater pictures of the same shape too; exact: only this size
    connector: str = ""
    ask: tuple[str, ...] = ()
    fills: Mapping[str, str] = field(default_factory=dict, hash=False)   # field key -> key of the result
    button: str = ""
    button_en: str = ""
    auto: bool = False                   # a look-up that presses its own button when the page opens
    role: str = ""
    scope: str = ""
    kind: str = ""
    among: str = ""                      # list of references or codes, or of {"unit", "why"}
    register: str = ""
    filter: str = ""                     # over `row` (an entry of the register) and `answers`
    prefer: str = ""                     # a number or yes/no: only the entries with the greatest are offered
    empty_text: str = ""                 # what to say where there is nothing to choose
    empty_text_en: str = ""
    process: str = ""
    waiting_for: str = ""
    group: str = ""                      # key of the group of cases (`group_by` of their process) to choose from
    value: str = ""
    link: str = ""                       # address behind a shown value
    text: str = ""
    text_en: str = ""
    box: str = ""
    cases: str = ""                      # list of case numbers
    names_person: bool = False           # says who the case is about: hidden where the case is read blind
    line: int = field(default=0, compare=False)

    def all_columns(self) -> tuple["Field", ...]:
        """The columns of a table with those of its kinds."""
        own = (column for columns in self.kinds.columns.values() for column in columns) if self.kinds else ()
        return (*self.columns, *own)


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    title_en: str = ""
    hint: str = ""
    hint_en: str = ""
    shown_when: str = ""
    layout: str = ""                     # catalogue: the files of the section as a table
    fields: tuple[Field, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Form:
    """A task form; `key` is the file name without ending, `path` where it was read, `code_tables` those of its procedure."""
    key: str
    title: str
    title_en: str = ""
    hint: str = ""
    hint_en: str = ""
    readers: tuple[str, ...] = ()        # roles whose holders alone read the answers, besides who gave them; () for no such limit
    sections: tuple[Section, ...] = ()
    path: str = ""
    code_tables: Mapping[str, tuple["Code", ...]] = field(default_factory=dict, compare=False)

    def fields(self) -> Iterator[Field]:
        """Every field of every section, in order; columns of tables not included."""
        return (field for section in self.sections for field in section.fields)

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields() if field.key == key), None)


@dataclass(frozen=True)
class Code:
    """An entry of a code table; dates are YYYY-MM-DD, "" for no limit."""
    code: str
    name: str
    name_en: str = ""
    children: tuple["Code", ...] = ()
    valid_from: str = ""
    valid_to: str = ""
