"""Files of other tools, in the shapes that those tools write, made by small functions."""

import json
import sqlite3
import zipfile
from pathlib import Path

import pyarrow as pa


def save_dataset(folder: Path, table: pa.Table, features: dict, parts: int = 1) -> Path:
    """Save a table as ``Dataset.save_to_disk`` of Hugging Face's package does."""
    folder.mkdir(parents=True)
    names = [f"data-{i:05}-of-{parts:05}.arrow" for i in range(parts)]
    step = -(-len(table) // parts)
    for i, name in enumerate(names):
        part = table.slice(i * step, step)
        described = {"huggingface": json.dumps({"info": {"features": features}})}
        part = part.replace_schema_metadata(described)
        with pa.ipc.new_stream(str(folder / name), part.schema) as out:
            out.write_table(part, max_chunksize=1000)
    state = {
        "_data_files": [{"filename": name} for name in names],
        "_fingerprint": "0f0f0f0f0f0f0f0f",
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": None,
    }
    info = {"citation": "", "description": "", "features": features, "homepage": "", "license": ""}
    (folder / "state.json").write_text(json.dumps(state, indent=2))
    (folder / "dataset_info.json").write_text(json.dumps(info, indent=2))
    return folder


def save_splits(folder: Path, splits: dict[str, pa.Table], features: dict) -> Path:
    """Save tables as ``DatasetDict.save_to_disk`` does."""
    for name, table in splits.items():
        save_dataset(folder / name, table, features)
    (folder / "dataset_dict.json").write_text(json.dumps({"splits": list(splits)}))
    return folder


def save_sqlite(path: Path, statements: str) -> Path:
    """Make a SQLite file."""
    with sqlite3.connect(path) as connection:
        connection.executescript(statements)
    connection.close()
    return path


_ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet><table:table table:name="Sheet1">{rows}</table:table>
</office:spreadsheet></office:body></office:document-content>"""

_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/"
 manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"""


def save_ods(path: Path, rows: list[list[object]]) -> Path:
    """Make an OpenDocument sheet."""

    def cell(value: object) -> str:
        if isinstance(value, str):
            kind = 'office:value-type="string"'
        else:
            kind = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"

    made = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        out.writestr("META-INF/manifest.xml", _MANIFEST)
        out.writestr("content.xml", _ODS.format(rows=made))
    return path


ZOTERO = """TY  - JOUR
TI  - Screening reviews: a trial
AU  - Doe, Jane
AU  - Müller, Jörg
T2  - Journal of Reviews
AB  - We screened 1,000 titles.
DA  - 2019/03/01/
PY  - 2019
DO  - 10.1000/rev.2019.1
SN  - 1234-5678
KW  - screening
KW  - reviews
N1  - ASReview_relevant
N1  - read twice
ER  -

TY  - BOOK
TI  - A book without labels
AU  - Roe, R.
PY  - 2001
N1  - ASReview_irrelevant
ER  -

"""
# Ovid and Embase number the records; lines may go on without a tag.
EMBASE = """
1.
TY  - JOUR
ID  - 2004123456
T1  - Effects of a drug
A1  - Smith J.
A1  - Jones K.
Y1  - 2004//
N2  - First line of the abstract
and its second line.
KW  - *drug
KW  - human
JF  - The Lancet
JA  - Lancet
LA  - English
VL  - 12
IS  - 3
SP  - 100
EP  - 109
UR  - http://ovid.example/1
AN  - 2004123456
ER  -

2.
TY  - JOUR
T1  - Another
Y1  - 2005//
ER  -
"""
# Scopus writes an export note before its records and several M3, and ends with no blank line.
SCOPUS = """Scopus
EXPORT DATE: 5 May 2020

TY  - JOUR
TI  - A survey of things
T2  - Things
J2  - Thing.
VL  - 7
PY  - 2018
DO  - 10.1016/j.things.2018.01.001
UR  - https://scopus.example/record?eid=2-s2.0-1&doi=10.1016%2fj
AB  - An abstract - with a dash.
M3  - Article
DB  - Scopus
N1  - Export Date: 5 May 2020
N1  - Cited By :12
C2  - 12345678
ER  -"""
# ProQuest writes labels and its tags without a blank after the last dash.
PROQUEST = (
    "TY  - JOUR\r\nT1  - On doubt\r\nA1  - Poe, E.\r\nJF  - Doubts\r\nY1  - 2012/06//\r\n"
    "PY  - 2012\r\nSP  - 1\r\nEP  - 9\r\nAB  - Doubt is old.\r\nU1  - 99\r\nER  - \r\n\r\n"
)
PUBMED = """
PMID- 32000001
OWN - NLM
STAT- MEDLINE
IS  - 1234-5678 (Print)
VI  - 395
IP  - 10223
DP  - 2020 Feb 15
TI  - Clinical features of a disease: a long title that
      goes on in a second line.
PG  - 497-506
LID - S0140-6736(20)30183-5 [pii]
LID - 10.1016/S0140-6736(20)30183-5 [doi]
AB  - BACKGROUND: It began. METHODS: We
      looked.
FAU - Huang, Chaolin
AU  - Huang C
FAU - Wang, Yeming
AU  - Wang Y
LA  - eng
PT  - Journal Article
JT  - Lancet (London, England)
MH  - Adult
MH  - Humans
OT  - disease
SO  - Lancet. 2020 Feb 15;395(10223):497-506.

PMID- 32000002
TI  - A second one.
DP  - 2021
"""
ENDNOTE = """<?xml version="1.0" encoding="UTF-8"?>
<xml><records><record><database name="My.enl">My.enl</database><rec-number>7</rec-number>
<ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">Doe, J.</style></author>
<author><style face="normal">Roe, R.</style></author></authors></contributors>
<titles><title><style face="normal">A title in </style><style face="italic">parts</style></title>
<secondary-title><style>The Journal</style></secondary-title></titles>
<keywords><keyword><style>one</style></keyword><keyword>two</keyword></keywords>
<dates><year><style>1999</style></year></dates>
<abstract><style>Short &amp; clear.</style></abstract>
<electronic-resource-num><style>10.1000/x.1</style></electronic-resource-num>
</record></records></xml>"""


def save_xlsx(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Make a workbook of Excel."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path
