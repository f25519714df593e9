"""moto's server for IAM and EC2, with the AWS behaviour that moto lacks, which is in local/edges.

While it runs, GET /_edges shows its settings and the calls it has seen; POST /_edges changes settings, see
edges/control.py; DELETE /_edges forgets roles, profiles, instances and calls. GET /_edges/access shows what functions'
calls were about.

    python local/moto_server.py PORT [URL-OF-THE-SERVER-WITH-EVENTBRIDGE-AND-SQS]
"""

import sys

from edges.server import serve

if __name__ == "__main__":
    serve(int(sys.argv[1]), *sys.argv[2:])
