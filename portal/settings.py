"""What an operator may set: one declared table, read from the environment and from the instance folder.

A setting is taken from the environment (`AYNI_` and its name), else from `settings.toml` in the instance
folder, else its default holds. The table in the guide is made from this one.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.errors import N_, Fault


@dataclass(frozen=True)
class Setting:
    """One thing to set: its name, default (whose type is the setting's) and what it is for."""

    name: str
    default: str | int | bool
    help: str


SETTINGS = (
    Setting("NAME", "Ayni", N_("Nombre del portal, como aparece en el encabezado y en los correos.")),
    Setting("DATABASE_URL", "sqlite:///portal.db", N_("Base de datos; por ahora solo SQLite.")),
    Setting("SEARCH_URL", "whoosh:shelves", N_("Carpeta de los índices de búsqueda.")),
    Setting("FILES_URL", "file:files", N_("Carpeta de los archivos subidos.")),
    Setting("MAIL_URL", "file:outbox",
            N_("Adónde van los correos: «file:carpeta» o «smtp://usuario:clave@servidor:puerto».")),
    Setting("MAIL_FROM", "ayni@localhost", N_("Dirección de la que salen los correos.")),
    Setting("PUBLIC_URL", "",
            N_("Dirección pública, por ejemplo «https://ayni.example.pe»; vacía, la de este equipo.")),
    Setting("CONTACT", "", N_("Correo de contacto que se muestra en ayuda, privacidad y errores.")),
    Setting("UPLOAD_MEGABYTES", 100, N_("Tamaño máximo de un archivo, en megabytes.")),
    Setting("SEARCHES_PER_MINUTE", 60, N_("Búsquedas por minuto desde una misma dirección.")),
    Setting("PROXIES", 0,
            N_("Cuántos servidores intermedios (nginx, por ejemplo) hay delante: de ellos se toma la "
               "dirección de quien visita.")),
    Setting("THREADS", 8, N_("Hilos del proceso web.")),
    Setting("READERS", 2, N_("Archivos que se leen a la vez.")),
    Setting("SECOND_FACTOR_REQUIRED", False,
            N_("Exige un segundo paso al ingresar a quien coordina una organización y a quien administra.")),
    Setting("DEMO", False, N_("Muestra en cada página que es una demostración.")),
)  # fmt: skip


class BadSetting(Fault):
    """A setting holds what it cannot hold."""

    default = N_("El ajuste %(name)s no puede ser «%(value)s»: se espera %(kind)s.")


def read(folder: Path, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """All settings of the instance in `folder`, each of the type of its default.

    Raises `BadSetting` for a value that cannot be read and for a name in `settings.toml` that is unknown.
    """
    path = folder / "settings.toml"
    kept = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name in kept:
        if name not in {setting.name for setting in SETTINGS}:
            raise BadSetting(N_("No existe el ajuste «%(name)s» de settings.toml."), name=name)
    return {
        setting.name: _typed(setting, environment.get(f"AYNI_{setting.name}", kept.get(setting.name)))
        for setting in SETTINGS
    }


def _typed(setting: Setting, value: Any) -> Any:
    if value is None:
        return setting.default
    if isinstance(setting.default, bool):
        if str(value).lower() in ("1", "true", "si", "sí", "yes"):
            return True
        if str(value).lower() in ("0", "false", "no", ""):
            return False
        raise BadSetting(name=setting.name, value=value, kind=N_("sí o no"))
    if isinstance(setting.default, int):
        if not str(value).isdecimal() or int(value) < min(setting.default, 1):
            raise BadSetting(name=setting.name, value=value, kind=N_("un número entero mayor que cero"))
        return int(value)
    return str(value)


def secret(folder: Path, name: str = "secret-key") -> str:
    """The secret called `name` of this instance, made at its first use and readable by its owner only."""
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{name}.{secrets.token_hex(4)}")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was quicker: its secret holds
            os.link(part, path)
        part.unlink()
    return path.read_text().strip()
