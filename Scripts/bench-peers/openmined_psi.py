"""Counts common ids with openmined-psi: ECDH on P-256, the server's ids as a Golomb-compressed set.

Usage: openmined_psi.py COUNT
"""

from multiprocessing.connection import Client, Listener

import private_set_intersection.python as psi
from two_sides import HOST, main

# That one id is counted wrongly; hashes of 63 bits, which it needs n / this for, have room for 2^22 ids.
FALSE_POSITIVES = 2.0**-40


def count(side):
    return client(side) if side.rank == 0 else server(side)


def client(side):
    key = psi.client.CreateWithNewKey(False)  # learns the count alone
    request = key.CreateRequest(side.ids()).SerializeToString()
    with Client((HOST, side.connect)) as link:
        link.send_bytes(request)
        setup, response = psi.ServerSetup(), psi.Response()
        setup.ParseFromString(link.recv_bytes())
        response.ParseFromString(link.recv_bytes())
    return key.GetIntersectionSize(setup, response)


def server(side):
    with Listener((HOST, side.listen)) as listener, listener.accept() as link:
        key = psi.server.CreateWithNewKey(False)
        setup = key.CreateSetupMessage(FALSE_POSITIVES, side.count, side.ids()).SerializeToString()
        request = psi.Request()
        request.ParseFromString(link.recv_bytes())
        link.send_bytes(setup)
        link.send_bytes(key.ProcessRequest(request).SerializeToString())


if __name__ == "__main__":
    main(__file__, __doc__, {"openmined-psi/count": count})
