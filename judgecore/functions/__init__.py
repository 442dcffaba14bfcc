"""Function problems, the pure part: signatures, values, comparison, names, and what is reported."""

from judgecore.functions.model import Comparison, Function, Kind, Mode, Order
from judgecore.functions.offered import Answer, Offered, Uses
from judgecore.functions.signature import Method, Parameter, Signature, parse
from judgecore.functions.types import InvalidSignature, Type

__all__ = [
    "Answer",
    "Comparison",
    "Function",
    "InvalidSignature",
    "Kind",
    "Method",
    "Mode",
    "Offered",
    "Order",
    "Parameter",
    "Signature",
    "Type",
    "Uses",
    "parse",
]
