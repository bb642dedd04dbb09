"""Intersects ids with SPU's ECDH protocol on curve 25519, tables in and out; the first side learns the ids.

Usage: spu_psi.py COUNT
"""

from spu import libspu, psi
from two_sides import HOST, main


def link(side):
    description = libspu.link.Desc()
    description.recv_timeout_ms = 3_600_000
    ports = [side.listen, side.connect]
    for rank in range(2):
        description.add_party(str(rank), f"{HOST}:{ports[rank ^ side.rank]}")
    return libspu.link.create_brpc(description, side.rank)


def intersect(side):
    config = psi.PsiExecuteConfig(
        protocol_conf=psi.PsiProtocolConfig(
            protocol=psi.PsiProtocol.PROTOCOL_ECDH, receiver_rank=0, broadcast_result=False,
            ecdh_params=psi.EcdhParams(curve=psi.EllipticCurveType.CURVE_25519)),
        input_params=psi.InputParams(path=str(side.path("csv")), selected_keys=["id"], keys_unique=True),
        output_params=psi.OutputParams(path=str(side.path("out.csv")), disable_alignment=True))
    connection = link(side)
    report = psi.psi_execute(config, connection)
    connection.stop_link()
    return report.intersection_count


if __name__ == "__main__":
    main(__file__, __doc__, {"spu-ecdh/elements": intersect})
