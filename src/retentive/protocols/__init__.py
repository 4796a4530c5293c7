"""The contracts that plugins implement, and the values that pass between them.

Nothing here does work. A store, scorer, embedder, processor, policy or token
counter is any object with these methods; `retentive.testing` ships a suite that
checks each of them.
"""

from retentive.protocols.batches import (
    Batch,
    Change,
    Changes,
    Commit,
    Delete,
    MessageDelete,
    Outcome,
    Put,
    StatusChange,
    VectorPut,
)
from retentive.protocols.consolidation import (
    ConsolidationPolicy,
    MemoryView,
    Passage,
    Plan,
    Summariser,
)
from retentive.protocols.frame import Frame, Query, TermCounts
from retentive.protocols.leases import Lease
from retentive.protocols.models import LanguageModel
from retentive.protocols.processing import Draft, Processor, SupportsMessages
from retentive.protocols.scoring import (
    LearnedWeights,
    ReadsTokens,
    Reranker,
    Rewriter,
    Scorer,
    SupportsGate,
)
from retentive.protocols.search import (
    Census,
    Narrowing,
    SearchEngine,
    SupportsSearch,
    SupportsTextSearch,
    SupportsVectorSearch,
    TextMatches,
)
from retentive.protocols.store import (
    KeepsVectorsFar,
    Store,
    SupportsCompaction,
    SupportsNotify,
    SupportsReembedding,
    SupportsSnapshots,
    SupportsVectorScan,
)
from retentive.protocols.structures import Structure, StructureState, SupportsTasks
from retentive.protocols.text import (
    Embedder,
    SupportsTokenVectors,
    TokenCounter,
    TokenVectors,
)

__all__ = [
    "Batch",
    "Census",
    "Change",
    "Changes",
    "Commit",
    "ConsolidationPolicy",
    "Delete",
    "Draft",
    "Embedder",
    "Frame",
    "KeepsVectorsFar",
    "LanguageModel",
    "LearnedWeights",
    "Lease",
    "MemoryView",
    "MessageDelete",
    "Narrowing",
    "Outcome",
    "Passage",
    "Plan",
    "Processor",
    "Put",
    "Query",
    "ReadsTokens",
    "Reranker",
    "Rewriter",
    "Scorer",
    "SearchEngine",
    "StatusChange",
    "Store",
    "Structure",
    "StructureState",
    "Summariser",
    "SupportsCompaction",
    "SupportsGate",
    "SupportsMessages",
    "SupportsNotify",
    "SupportsReembedding",
    "SupportsSearch",
    "SupportsSnapshots",
    "SupportsTasks",
    "SupportsTextSearch",
    "SupportsTokenVectors",
    "SupportsVectorScan",
    "SupportsVectorSearch",
    "TermCounts",
    "TextMatches",
    "TokenCounter",
    "TokenVectors",
    "VectorPut",
]
