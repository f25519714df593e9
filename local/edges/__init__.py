"""The AWS behaviour that moto's IAM and EC2 lack: the edges of local/moto_server.py.

Each difference is one function, registered by `edge`, with the source of AWS's rule. What moto does right is left
alone.
"""

from patches import Patches

edge = Patches("moto")
