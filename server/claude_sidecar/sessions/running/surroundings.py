"""What every turn works with, as it is wired once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anyio.abc import TaskGroup

from claude_sidecar.sessions.budgets.budgets import Budgets
from claude_sidecar.sessions.budgets.cost_consent import CostConsent
from claude_sidecar.sessions.consent.permissions import Permissions
from claude_sidecar.sessions.consent.rights import Rights
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.editing.edits import Editing
from claude_sidecar.sessions.editing.file_moves import FileMoves
from claude_sidecar.sessions.editing.seen import Seen
from claude_sidecar.sessions.events import EventBus
from claude_sidecar.sessions.findings.service import FindingService
from claude_sidecar.sessions.ports import Store
from claude_sidecar.sessions.rewinding.checkpoints import Checkpoints
from claude_sidecar.settings import Settings


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every turn works with.

    :ivar budgets: those of a workspace, by its path.
    :ivar tasks: for what goes on when a turn is over.
    """

    store: Store
    events: EventBus
    documents: Documents
    permissions: Permissions
    rights: Rights
    findings: FindingService
    checkpoints: Checkpoints
    editing: Editing
    moves: FileMoves
    seen: Seen
    settings: Callable[[str], Settings]
    budgets: Callable[[str], Budgets]
    cost_consent: CostConsent
    tasks: TaskGroup
