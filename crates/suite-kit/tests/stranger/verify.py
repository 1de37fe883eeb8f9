"""A verifier of the suite's audit proofs, written from docs/spec/audit.md and docs/spec/proofs.md.

    verify.py --genesis genesis.json [--notary kald1…] proof.json...

Prints a line for each proof: "verified POSITION HEIGHT" or "refused LINK FAULT". It shares no code
with the implementation, on purpose. The ledger's part is the verifier of kaldrix-proof's tests.
"""

import argparse
import importlib.util
import json
import re
import sys
import uuid
from pathlib import Path

LEDGER = Path(__file__).parents[3] / "kaldrix-proof/tests/stranger/verify.py"
spec = importlib.util.spec_from_file_location("ledger", LEDGER)
ledger = importlib.util.module_from_spec(spec)
sys.modules["ledger"] = ledger
spec.loader.exec_module(ledger)

PROOF_BYTES_MAX = 20_971_520
SERVICE_BYTES_MAX = 64
TAG = b"itechsmart-audit-v1"
TEXTS = (
    "actor_kind",
    "actor_id",
    "actor_name",
    "address",
    "request_id",
    "action",
    "subject_kind",
    "subject_id",
    "detail",
)


class Refused(Exception):
    def __init__(self, link, fault):
        super().__init__(f"{link} {fault}")
        self.link, self.fault = link, fault


def malformed():
    return Refused("format", "malformed")


def members(node, *names):
    if not isinstance(node, dict) or set(node) != set(names):
        raise malformed()
    return [node[name] for name in names]


def text(node):
    if not isinstance(node, str):
        raise malformed()
    try:
        return node.encode()
    except UnicodeEncodeError as error:
        raise malformed() from error


def number(node, low, high):
    if type(node) is not int or not low <= node <= high:
        raise malformed()
    return node


def u64(node):
    return number(node, 0, 2**64 - 1)


def identifier(node):
    pattern = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    if not isinstance(node, str) or not re.fullmatch(pattern, node):
        raise malformed()
    return uuid.UUID(node).bytes


def digest(node):
    if not isinstance(node, str) or not re.fullmatch("[0-9a-f]{64}", node):
        raise malformed()
    return bytes.fromhex(node)


def step(node):
    if not isinstance(node, dict) or len(node) != 1 or not set(node) <= {"left", "right"}:
        raise malformed()
    side, sibling = next(iter(node.items()))
    return side, digest(sibling)


def steps(node):
    if not isinstance(node, list):
        raise malformed()
    return [step(item) for item in node]


def parse(raw):
    """The tree, and the ledger's proof as its own text."""

    def pairs(items):
        if len({name for name, _ in items}) != len(items):
            raise malformed()
        return dict(items)

    def integer(digits):
        if digits == "-0":
            raise malformed()
        return int(digits)

    def refuse(_):
        raise malformed()

    if len(raw) > PROOF_BYTES_MAX:
        raise malformed()
    try:
        return json.loads(
            raw.decode(),
            object_pairs_hook=pairs,
            parse_int=integer,
            parse_float=refuse,
            parse_constant=refuse,
        )
    except (ValueError, RecursionError) as error:
        raise malformed() from error


def counted(data):
    return len(data).to_bytes(4, "little") + data


def le(value):
    return value.to_bytes(8, "little")


def sides(index, count):
    found, last = [], count - 1
    while last > 0:
        if index % 2 == 1 or index == last:
            found.append("left")
            while index % 2 == 0 and index > 0:
                index, last = index // 2, last // 2
        else:
            found.append("right")
        index, last = index // 2, last // 2
    return found


def verify(raw, trust, notary):
    """The position, and the height of the block; raises Refused."""
    form, service, record, chain, anchor, proof = members(
        parse(raw), "format", "service", "record", "chain", "anchor", "ledger"
    )
    service = text(service)
    if form != "itechsmart-audit-proof/1" or len(service) > SERVICE_BYTES_MAX:
        raise malformed()
    record_id, tenant, at_ms, *texts = members(record, "id", "tenant_id", "at_ms", *TEXTS)
    record_id, tenant = identifier(record_id), identifier(tenant)
    at_ms = number(at_ms, -(2**63), 2**63 - 1)
    texts = [text(node) for node in texts]
    position, previous = members(chain, "position", "previous")
    position, previous = u64(position), digest(previous)
    first, last, chain_hash, root, path = members(
        anchor, "first_position", "last_position", "chain_hash", "merkle_root", "path"
    )
    first, last, path = u64(first), u64(last), steps(path)
    chain_hash, root = digest(chain_hash), digest(root)
    body = claim_body(proof)

    if not (max(first, 1) <= position <= last):
        raise Refused("record", "outside")
    if [side for side, _ in path] != sides(position - first, last - first + 1):
        raise Refused("record", "shape")
    fields = record_id + tenant + at_ms.to_bytes(8, "little", signed=True)
    fields += b"".join(counted(data) for data in texts)
    record_hash = ledger.derive("itechsmart 2026 audit record v1", b"\x01" + fields)
    link = counted(service) + tenant + le(position) + previous + record_hash
    here = ledger.derive("itechsmart 2026 audit chain v1", b"\x01" + link)
    if ledger.climb(here, path) != root:
        raise Refused("record", "root")
    if position == last and here != chain_hash:
        raise Refused("record", "last")

    try:
        height, _ = ledger.verify(json.dumps(proof).encode(), trust)
    except ledger.Refused as error:
        raise Refused("ledger", error.fault) from error

    sender, tag, digests = body or (None, None, [])
    stretch = counted(service) + tenant + le(first) + le(last) + chain_hash + root
    if ledger.derive("itechsmart 2026 audit anchor v1", b"\x01" + stretch) not in digests:
        raise Refused("anchor", "digest")
    if tag != TAG:
        raise Refused("tag", "tag")
    if notary is not None and sender != notary:
        raise Refused("notary", "notary")
    return position, height


def claim_body(proof):
    """Sender, tag and digests of the notarisation that the ledger's proof is of, if it is of one.

    Its form is checked here already, since a malformed one is refused before anything else."""
    try:
        check_form(proof)
        name, claim = ledger.variant(proof["claim"])
        claimed = None
        if name == "notarisation":
            claimed, claim = digest(claim["digest"]), claim["transaction"]
        elif name != "transaction":
            return None
        encoded = ledger.from_hex(claim["body"])
        receipt = ledger.Receipt.decode(ledger.from_hex(claim["receipt"]))
    except ledger.Refused as error:
        raise malformed() from error
    d = ledger.Decoder(encoded, 12_288)
    d.bytes32()
    sender = d.bytes32()
    d.u64(), d.u64(), d.u64(), d.option(d.key)
    if d.u8() != 1:
        return None
    tag, digests = d.bytes(64), d.list(256, d.bytes32)
    digests = [claimed] if claimed else digests
    return (sender, tag, digests) if receipt.applied else None


def check_form(proof):
    proof = ledger.parse(json.dumps(proof).encode(), ledger.PROOF_BYTES_MAX)
    proof = ledger.members(proof, "format", "version", "claim", "header", "later", "finality")
    version = proof["version"]
    if proof["format"] != "kaldrix-proof" or type(version) is not int or version != 1:
        raise malformed()
    ledger.read_claim(proof["claim"])
    ledger.Header.decode(ledger.from_hex(proof["header"]))
    ledger.nullable(proof["later"], ledger.read_later)
    ledger.read_finality(proof["finality"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--genesis", required=True)
    parser.add_argument("--notary")
    parser.add_argument("proofs", nargs="+")
    arguments = parser.parse_args()
    trust = ledger.genesis_trust(Path(arguments.genesis).read_bytes())
    notary = ledger.bech32m(arguments.notary) if arguments.notary else None
    refused = 0
    for name in arguments.proofs:
        try:
            print("verified", *verify(Path(name).read_bytes(), trust, notary))
        except Refused as error:
            refused = 1
            print("refused", error.link, error.fault)
    sys.exit(refused)


if __name__ == "__main__":
    main()
