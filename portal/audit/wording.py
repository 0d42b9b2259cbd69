"""The words of the audit: acts, things, pages, and who did it. What is said beside them: see `details`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.languages import gettext
from toolkit.audit.reading import Line

ACTS = {
    "absent": _l("Anotó una ausencia"),
    "accept": _l("Aceptó una invitación"),
    "acknowledge": _l("Acusó recibo"),
    "add": _l("Agregó"),
    "add_attendee": _l("Agregó a un asistente"),
    "add_file": _l("Agregó un archivo"),
    "add_task": _l("Agregó una tarea"),
    "add_version": _l("Agregó una versión"),
    "agree": _l("Dio conformidad"),
    "agree_to_close": _l("Dio conformidad para cerrar"),
    "agree_to_open": _l("Dio conformidad para abrir"),
    "appoint": _l("Nombró coordinación"),
    "ask": _l("Propuso un cambio"),
    "approve": _l("Aprobó el acta con las demás partes"),
    "ask_access": _l("Pidió acceso"),
    "ask_again": _l("Pidió otra invitación"),
    "ask_emergency": _l("Pidió acceso de emergencia"),
    "ask_join": _l("Pidió unirse"),
    "ask_publish": _l("Pidió publicar"),
    "ask_restore": _l("Pidió restaurar"),
    "ask_share": _l("Pidió compartir"),
    "ask_succession": _l("Propuso a quien sucede"),
    "assign": _l("Asignó a una persona"),
    "back": _l("Volvió de una ausencia"),
    "begin": _l("Empezó en el cargo"),
    "call": _l("Convocó"),
    "cancel": _l("Canceló"),
    "change": _l("Cambió datos"),
    "change_password": _l("Cambió la contraseña"),
    "close": _l("Cerró"),
    "commit": _l("Agregó un compromiso"),
    "confirm_identity": _l("Confirmación de identidad"),
    "correct": _l("Corrigió la ficha"),
    "create": _l("Creó"),
    "delete": _l("Borró"),
    "delete_file": _l("Quitó un archivo"),
    "decline": _l("No aceptó"),
    "denied": _l("Acceso negado"),
    "distrust": _l("Quitó «de confianza»"),
    "download": _l("Descargó"),
    "drop": _l("Quitó un material"),
    "drop_commitment": _l("Quitó un compromiso"),
    "emergency_read": _l("Leyó con acceso de emergencia"),
    "end": _l("Terminó en el cargo"),
    "end_emergency": _l("Terminó un acceso de emergencia"),
    "end_share": _l("Terminó de compartir"),
    "end_sign_ins": _l("Cerró ingresos"),
    "erase": _l("Borró datos personales"),
    "export": _l("Exportó una tabla"),
    "file": _l("Puso en una carpeta"),
    "forget": _l("Quitó el valor de un indicador"),
    "freeze": _l("Acordó con todas las partes"),
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
    "link": _l("Puso en una iniciativa"),
    "measure": _l("Anotó el valor de un indicador"),
    "make_private": _l("Dejó de mostrar a otras personas"),
    "make_public": _l("Permitió que lo lean otras personas"),
    "mark_attendance": _l("Marcó la asistencia"),
    "move": _l("Cambió quién lo ve"),
    "name_coauthors": _l("Nombró a quienes escriben con él o ella"),
    "observe": _l("Devolvió con una observación"),
    "open": _l("Abrió"),
    "open_emergency": _l("Abrió un acceso de emergencia"),
    "pause": _l("Puso en pausa"),
    "propose": _l("Propuso"),
    "prove": _l("Agregó una evidencia"),
    "publish": _l("Publicó"),
    "recall": _l("Retiró de la verificación"),
    "record": _l("Registró el cargo"),
    "refused_access": _l("Negó el acceso"),
    "refused_join": _l("No admitió"),
    "refused_publish": _l("No aprobó publicar"),
    "refused_restore": _l("No aprobó restaurar"),
    "refused_share": _l("No aprobó compartir"),
    "refused_succession": _l("No registró a quien sucede"),
    "release": _l("Quitó a una persona asignada"),
    "rename": _l("Cambió un nombre"),
    "report": _l("Anotó un avance"),
    "remove": _l("Quitó"),
    "remove_attendee": _l("Quitó a un asistente"),
    "restore": _l("Restableció"),
    "resume": _l("Reanudó"),
    "return": _l("Devolvió a borrador"),
    "second_factor": _l("Cambió el segundo paso"),
    "second_step": _l("Código del segundo paso"),
    "send": _l("Envió a verificar"),
    "set_end": _l("Fijó el fin del cargo"),
    "share": _l("Compartió"),
    "sign_in": _l("Ingresó"),
    "sign_out": _l("Salió"),
    "start": _l("Empezó"),
    "suspend": _l("Suspendió"),
    "take_back": _l("Retiró una invitación"),
    "take_back_access": _l("Retiró su pedido de acceso"),
    "take_back_join": _l("Retiró su pedido de unirse"),
    "take_back_publish": _l("Retiró su pedido de publicar"),
    "take_back_restore": _l("Retiró su pedido de restaurar"),
    "take_back_share": _l("Retiró su pedido de compartir"),
    "take_back_succession": _l("Retiró su propuesta de sucesión"),
    "trust": _l("Marcó «de confianza»"),
    "unlink": _l("Sacó de una iniciativa"),
    "use": _l("Enlazó un material"),
    "verify": _l("Verificó"),
    "withdraw": _l("Retiró"),
    "withdraw_evidence": _l("Retiró una evidencia"),
    "write_acta": _l("Escribió el acta"),
}
"""What was done. Beside a refused result the same words say what was tried."""
NOUNS = {
    "account": _l("cuenta"),
    "action": _l("acción conjunta"),
    "agreement": _l("convenio"),
    "amendment": _l("adenda"),
    "application": _l("registro de «la aplicamos»"),
    "article": _l("noticia"),
    "compendium": _l("compendio"),
    "door": _l("entrada"),
    "emergency": _l("acceso de emergencia"),
    "folder": _l("carpeta"),
    "initiative": _l("iniciativa"),
    "invitation": _l("invitación"),
    "joint_space": _l("espacio conjunto"),
    "norm": _l("norma"),
    "meeting": _l("encuentro"),
    "organization": _l("organización"),
    "page": _l("página"),
    "person": _l("persona"),
    "plan": _l("plan de trabajo"),
    "post": _l("cargo de coordinación"),
    "request": _l("solicitud"),
    "resource": _l("material"),
    "share": _l("entrega"),
    "unit": _l("unidad"),
}
PAGES = {
    "account.ask_link": _l("Ingresar con un enlace"),
    "account.use_link": _l("Ingresar con un enlace"),
    "account.use_passkey": _l("Ingresar con una llave"),
    "audit.export": _l("Auditoría"),
    "audit.export_of_space": _l("Auditoría"),
    "contributions.index": _l("Mis aportes"),
    "contributions.show": _l("Mis aportes"),
    "exchange.export": _l("Registro de intercambio"),
    "exchange.index": _l("Registro de intercambio"),
    "exchange.printable": _l("Registro de intercambio"),
    "exchange.totals": _l("Intercambio en cifras"),
    "exports.library": _l("Lista de materiales"),
    "exports.space": _l("Lista de materiales"),
    "invitations.show": _l("Invitación"),
    "invitations.take": _l("Invitación"),
    "library.home": _l("Inicio"),
    "library.index": _l("Biblioteca"),
    "members.join": _l("Pedir unirse"),
    "organizations.index": _l("Organizaciones"),
    "organizations.show": _l("Perfil de la organización"),
    "pages.accessibility": _l("Accesibilidad"),
    "pages.help": _l("Ayuda y contacto"),
    "pages.privacy": _l("Privacidad"),
    "pages.terms": _l("Términos de uso"),
    "requests.confirm": _l("Confirmar una solicitud de acceso"),
    "requests.create": _l("Solicitar acceso"),
    "requests.mine": _l("Mis solicitudes"),
    "resources.file": _l("Archivo"),
    "resources.jump": _l("Página leída en línea"),
    "resources.newest_page": _l("Página leída en línea"),
    "resources.page": _l("Página leída en línea"),
    "resources.picture": _l("Imagen de una página"),
    "resources.show": _l("Ficha"),
    "resources.thumbnail": _l("Miniatura"),
    "security.change_password": _l("Cambiar la contraseña"),
    "security.forgot_password": _l("Recuperar la contraseña"),
    "security.login": _l("Ingresar"),
    "security.mf_recovery": _l("Código de respaldo"),
    "security.reset_password": _l("Contraseña nueva"),
    "security.tf_select": _l("Segundo paso"),
    "security.two_factor_rescue": _l("Segundo paso"),
    "security.two_factor_token_validation": _l("Segundo paso"),
    "security.verify": _l("Confirmar identidad"),
    "sharing.create": _l("Compartir"),
    "sharing.end": _l("Dejar de compartir"),
    "workplan.download_report": _l("Informe del año"),
    "workplan.report_file": _l("Informe del año"),
    "workplan.report_of": _l("Informe del año"),
}
"""Endpoint → the name of the page. Those of a space are «Espacio privado»."""
SECTIONS = {
    "account": _l("Cuenta"),
    "actions": _l("Acción conjunta"),
    "administration": _l("Administración"),
    "agreement": _l("Convenio"),
    "applications": _l("La aplicamos"),
    "audit": _l("Auditoría"),
    "coauthors": _l("Mis aportes"),
    "compendia": _l("Compendios"),
    "contributions": _l("Mis aportes"),
    "coordination": _l("Coordinación del convenio"),
    "emergencies": _l("Accesos de emergencia"),
    "exchange": _l("Registro de intercambio"),
    "exports": _l("Lista de materiales"),
    "initiatives": _l("Iniciativas"),
    "invitations": _l("Invitación"),
    "library": _l("Biblioteca"),
    "meetings": _l("Encuentros"),
    "members": _l("Personas de la organización"),
    "news": _l("Actualidad y noticias"),
    "norms": _l("Normas"),
    "organizations": _l("Organizaciones"),
    "posts": _l("Coordinación"),
    "requests": _l("Solicitudes"),
    "resources": _l("Ficha"),
    "security": _l("Ingresar"),
    "sharing": _l("Compartir"),
    "spaces": _l("Espacio privado"),
    "statistics": _l("Estadísticas"),
    "topics": _l("Temas"),
    "workplan": _l("Plan de trabajo"),
    "units": _l("Organizaciones"),
}
"""For pages without a name of their own: the part of the portal in which they stand."""
OFFICES = {"administrator": _l("administración del portal"), "editor": _l("edición del portal")}


def act(code: str) -> str:
    """What was done, in words."""
    return str(ACTS.get(code, code))


def noun(code: str) -> str:
    """What it was done to, in words."""
    return str(NOUNS.get(code, code))


def page(endpoint: str) -> str:
    """The name of a page, or of the part of the portal in which it stands."""
    return str(PAGES.get(endpoint) or SECTIONS.get(endpoint.split(".")[0], endpoint))


def about(line: Line) -> str:
    """What the thing is called, as far as this reader may know; empty if not at all."""
    if line.noun in ("page", "door"):
        return page(line.noun_id)
    return line.about


def person(line: Line) -> str:
    """Who did it, with the portal role they did it in."""
    if line.person:
        return f"{line.person}, {OFFICES[line.office]}" if line.office in OFFICES else line.person
    if line.known:
        return gettext("Una persona de fuera de la organización")
    return gettext("Una persona sin cuenta") if line.place else gettext("El portal, o una cuenta borrada")


def result(line: Line) -> str:
    """Was it done?"""
    return gettext("hecho") if line.result == "done" else gettext("rechazado")
