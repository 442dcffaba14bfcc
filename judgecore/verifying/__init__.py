"""What of a package only programs can say: its time limit, its tests, whether its labels hold."""

from judgecore.verifying.making import made
from judgecore.verifying.timing import bounded, timed
from judgecore.verifying.validating import faults_of
from judgecore.verifying.verified import Verified, judged, submission

__all__ = ["Verified", "bounded", "faults_of", "judged", "made", "submission", "timed"]
