"""Files that hold secrets, told by their names: they are not read without asking.

The table errs on the side of asking. It is about names, so it also holds for files that are not
there yet, and what it says can be told to ripgrep, which leaves those files out of a search.
"""

from __future__ import annotations

import re
from fnmatch import translate
from typing import Final

SECRET_NAMES: Final = (
    # environments
    ".env", ".env.*", "*.env", ".envrc",
    # private keys, certificates' keys, key stores
    "*.pem", "*.key", "*.p12", "*.pfx", "*.p8", "*.jks", "*.keystore", "*.kdbx", "*.ppk", "*.keytab",
    "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "*_rsa", "*_ed25519", "*.gpg", "*.ovpn",
    # credentials of tools
    ".npmrc", ".yarnrc.yml", ".pypirc", ".netrc", "_netrc", ".git-credentials", ".htpasswd", ".pgpass",
    ".my.cnf", ".dockercfg", ".dockerconfigjson", ".s3cfg", ".boto", ".vault-token", ".credentials.json",
    "kubeconfig", "*.kubeconfig", "auth.json",
    # files that are called what they are
    "credentials", "credentials.*", "*credentials.json", "secret.json", "secret.y*ml", "secret.toml",
    "secrets.json", "secrets.y*ml", "secrets.toml", "secrets.ini", "client_secret*.json",
    "service-account*.json", "service_account*.json", "token.json", "tokens.json", "*.token",
    # what tools write secrets into
    "*.tfstate", "*.tfstate.backup", "*.tfvars", "terraform.rc", ".terraformrc",
    "key.properties", "keystore.properties", "local.settings.json", "wp-config.php",
)  # fmt: skip
"""Patterns of file names, in any case of letters."""

HARMLESS_NAMES: Final = (
    ".env.example", ".env.sample", ".env.template", ".env.dist", ".env.defaults",
    "example.env", "sample.env", "*.pub", "cacert.pem",
)  # fmt: skip
"""Files that those patterns meet and that are made to be shown."""

SECRET_FOLDERS: Final = (
    ".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".password-store", "gcloud", ".gcloud",
    "keyrings", ".secrets",
)  # fmt: skip
"""Folders all of whose files are secrets."""


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(each) for each in patterns), re.IGNORECASE)


_SECRET: Final = _any_of(SECRET_NAMES)
_HARMLESS: Final = _any_of(HARMLESS_NAMES)


def is_secret(path: str) -> bool:
    """Whether a file of this path holds secrets; so does a folder that has only such files."""
    *folders, name = path.replace("\\", "/").rstrip("/").split("/")
    if any(each.casefold() in SECRET_FOLDERS for each in (*folders, name)):
        return True
    # Windows opens `.env.` and `.env::$DATA` as `.env`
    name = name.split(":", 1)[0].rstrip(". ") if name.strip(". ") else name
    return _SECRET.match(name) is not None and _HARMLESS.match(name) is None


def search_exclusions() -> str:
    """The table as globs that ripgrep takes: what a search leaves out."""
    names = [f"!**/{_any_case(each)}" for each in SECRET_NAMES]
    folders = [f"!**/{_any_case(each)}/**" for each in SECRET_FOLDERS]
    return " ".join([*names, *folders])


def _any_case(pattern: str) -> str:
    return "".join(
        f"[{each.lower()}{each.upper()}]" if each.isalpha() else each for each in pattern
    )
