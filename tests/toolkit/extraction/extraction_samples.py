"""Small documents made on the spot."""

import io
import zipfile

ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def make_pdf(pages, *, image=False, title=""):
    """A PDF with one line of text for each page, or where `image`, one grey square instead."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    font = "<< /Font << /F1 3 0 R >> /XObject << /I1 4 0 R >> >>"
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    objects.append(
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray"
        " /Length 1 >>\nstream\nx\nendstream"
    )
    kids = []
    for text in pages:
        lines = " T* ".join(f"({line}) Tj" for line in text.split("\n"))
        drawn = "q 400 0 0 400 50 50 cm /I1 Do Q" if image else f"BT /F1 12 Tf 14 TL 50 700 Td {lines} ET"
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
        kids.append(len(objects) + 1)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources {font}"
            f" /Contents {len(objects)} 0 R >>"
        )
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>"
    objects.append(f"<< /Title ({title}) >>")
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    ends = (
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{len(out)}"
    )
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{ends}\n%%EOF".encode()


def make_odf(kind, body, *, head="", manifest=None, extra=()):
    """An OpenDocument file ("text", "presentation") with this body; `head` goes before the root element."""
    names = ("office", "text", "table", "drawing", "presentation", "style")
    spaces = " ".join(f'xmlns:{"draw" if one == "drawing" else one}="{ODF}{one}:1.0"' for one in names)
    spaces += ' xmlns:xlink="http://www.w3.org/1999/xlink"'
    content = (
        f'<?xml version="1.0"?>{head}<office:document-content {spaces}><office:body>'
        f"<office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    meta = (
        f'<office:document-meta xmlns:office="{ODF}office:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<office:meta><dc:title>Acta uno</dc:title><dc:language>es</dc:language></office:meta>"
        "</office:document-meta>"
    )
    media = f"application/vnd.oasis.opendocument.{kind}"
    entry = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
    manifest = manifest or (
        f'<manifest:manifest xmlns:manifest="{ODF}manifest:1.0">'
        + "".join(
            entry.format(*one)
            for one in (("/", media), ("content.xml", "text/xml"), ("meta.xml", "text/xml"))
        )
        + "</manifest:manifest>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", media, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("meta.xml", meta)
        archive.writestr("META-INF/manifest.xml", manifest)
        for name, data in extra:
            archive.writestr(name, data)
    return out.getvalue()


def change_member(data, changes):
    """The archive with members replaced or added (name → function of the old bytes, b"" where new)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(set(changes) - set(old.namelist()))]:
            before = old.read(name) if name in old.namelist() else b""
            new.writestr(name, changes[name](before) if name in changes else before)
    return out.getvalue()
