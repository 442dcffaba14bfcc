"""Function problems, the pure part: signatures, values, comparison, names, and what is reported."""

from judgecore.functions.model import Comparison, Function, Kind, Mode, Order
from judgecore.functions.signature import Method, Parameter, Signature, parse
from judgecore.functions.types import InvalidSignature, Type

__all__ = [
    "Comparison",
    "Function",
    "InvalidSignature",
    "Kind",
    "Method",
    "Mode",
    "Order",
    "Parameter",
    "Signature",
    "Type",
    "parse",
]
