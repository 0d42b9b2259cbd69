"""The words of the audit: acts, things, and what is said beside them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.languages import gettext
from toolkit.audit.reading import Line

ACTS = {
    "absent": _l("Anotó una ausencia"),
    "accept": _l("Aceptó una invitación"),
    "acknowledge": _l("Acusó recibo"),
    "add": _l("Agregó"),
    "add_file": _l("Agregó un archivo"),
    "add_version": _l("Agregó una versión"),
    "agree_to_close": _l("Dio conformidad para cerrar"),
    "agree_to_open": _l("Dio conformidad para abrir"),
    "appoint": _l("Nombró coordinación"),
    "ask_access": _l("Pidió acceso"),
    "ask_again": _l("Pidió otra invitación"),
    "ask_emergency": _l("Pidió acceso de emergencia"),
    "ask_join": _l("Pidió unirse"),
    "ask_publish": _l("Pidió publicar"),
    "ask_restore": _l("Pidió restaurar"),
    "ask_share": _l("Pidió compartir"),
    "ask_succession": _l("Propuso a quien sucede"),
    "back": _l("Volvió de una ausencia"),
    "begin": _l("Empezó en el cargo"),
    "change": _l("Cambió datos"),
    "change_password": _l("Cambió la contraseña"),
    "close": _l("Cerró"),
    "confirm_identity": _l("Confirmación de identidad"),
    "correct": _l("Corrigió la ficha"),
    "create": _l("Creó"),
    "delete": _l("Borró"),
    "delete_file": _l("Quitó un archivo"),
    "denied": _l("Acceso negado"),
    "distrust": _l("Quitó «de confianza»"),
    "download": _l("Descargó"),
    "emergency_read": _l("Leyó con acceso de emergencia"),
    "end": _l("Terminó en el cargo"),
    "end_emergency": _l("Terminó un acceso de emergencia"),
    "end_share": _l("Terminó de compartir"),
    "end_sign_ins": _l("Cerró ingresos"),
    "erase": _l("Borró datos personales"),
    "export": _l("Exportó una tabla"),
    "file": _l("Puso en una carpeta"),
    "give_role": _l("Cambió el papel en el portal"),
    "granted_access": _l("Concedió acceso"),
    "granted_join": _l("Admitió"),
    "granted_publish": _l("Aprobó publicar"),
    "granted_restore": _l("Aprobó restaurar"),
    "granted_share": _l("Aprobó compartir"),
    "granted_succession": _l("Registró a quien sucede"),
    "hand_over": _l("Pasó un borrador"),
    "invite": _l("Invitó"),
    "join": _l("Entró a la organización"),
    "keep_open": _l("Retiró la conformidad para cerrar"),
    "leave": _l("Salió de la organización"),
    "legal_order": _l("Retiró por orden legal"),
    "limit": _l("Llegó a un límite"),
    "move": _l("Cambió quién lo ve"),
    "name_coauthors": _l("Nombró a quienes escriben con él o ella"),
    "open": _l("Abrió"),
    "open_emergency": _l("Abrió un acceso de emergencia"),
    "propose": _l("Propuso"),
    "publish": _l("Publicó"),
    "record": _l("Registró el cargo"),
    "refused_access": _l("Negó el acceso"),
    "refused_join": _l("No admitió"),
    "refused_publish": _l("No aprobó publicar"),
    "refused_restore": _l("No aprobó restaurar"),
    "refused_share": _l("No aprobó compartir"),
    "refused_succession": _l("No registró a quien sucede"),
    "rename": _l("Cambió un nombre"),
    "restore": _l("Restableció"),
    "second_factor": _l("Cambió el segundo paso"),
    "second_step": _l("Código del segundo paso"),
    "set_end": _l("Fijó el fin del cargo"),
    "share": _l("Compartió"),
    "sign_in": _l("Ingresó"),
    "sign_out": _l("Salió"),
    "suspend": _l("Suspendió"),
    "take_back": _l("Retiró una invitación"),
    "take_back_access": _l("Retiró su pedido de acceso"),
    "take_back_join": _l("Retiró su pedido de unirse"),
    "take_back_publish": _l("Retiró su pedido de publicar"),
    "take_back_restore": _l("Retiró su pedido de restaurar"),
    "take_back_share": _l("Retiró su pedido de compartir"),
    "take_back_succession": _l("Retiró su propuesta de sucesión"),
    "trust": _l("Marcó «de confianza»"),
    "withdraw": _l("Retiró"),
}
"""What was done. Beside a refused result the same words say what was tried."""
NOUNS = {
    "account": _l("cuenta"),
    "door": _l("entrada"),
    "emergency": _l("acceso de emergencia"),
    "folder": _l("carpeta"),
    "invitation": _l("invitación"),
    "joint_space": _l("espacio conjunto"),
    "organization": _l("organización"),
    "page": _l("página"),
    "person": _l("persona"),
    "post": _l("cargo"),
    "request": _l("solicitud"),
    "resource": _l("material"),
    "share": _l("entrega"),
}
DETAILS = {
    "count": _l("veces en una hora"),
    "version": _l("versión"),
    "file": _l("archivo"),
    "number": _l("página"),
    "level": _l("nivel"),
    "was": _l("antes"),
    "role": _l("papel"),
    "reason": _l("motivo"),
    "since": _l("desde"),
    "until": _l("hasta"),
}
"""What is said of an entry on the page; the table for spreadsheets has all of it."""


def act(code: str) -> str:
    """What was done, in words."""
    return str(ACTS.get(code, code))


def noun(code: str) -> str:
    """What it was done to, in words."""
    return str(NOUNS.get(code, code))


def details(line: Line) -> str:
    """The rest, in one line."""
    known: dict[str, Any] = {name: line.values.get(name) for name in DETAILS}
    return " · ".join(f"{DETAILS[name]}: {value}" for name, value in known.items() if value not in (None, ""))


def result(line: Line) -> str:
    """Was it done?"""
    return gettext("hecho") if line.result == "done" else gettext("rechazado")
