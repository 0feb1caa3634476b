"""How operations are answered: assembled once, shown to each caller as he may see it, read once, executed."""

from dean06_schema.engine.assembling import Composed, assemble, compose
from dean06_schema.engine.executing import MUTATION_NOT_ALLOWED, Answer, Engine, Operation
from dean06_schema.engine.parts import CONTRACT, Parts

__all__ = [
    "CONTRACT",
    "MUTATION_NOT_ALLOWED",
    "Answer",
    "Composed",
    "Engine",
    "Operation",
    "Parts",
    "assemble",
    "compose",
]
