from .containers import sidecar as sidecar
from .containers import *
from . import constants
