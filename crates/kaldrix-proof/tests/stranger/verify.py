"""A verifier of KALDRIX proofs, written from docs/spec/proofs.md alone.

    verify.py --genesis genesis.json proof.json...
    verify.py --genesis genesis.json --checkpoint checkpoint.json proof.json...

Prints a line for each proof: "verified HEIGHT BLOCK" or "refused LINK FAULT". It shares no code
with the implementation, on purpose: what both accept follows from the specification.
"""

import argparse
import json
import sys
from dataclasses import dataclass

from blake3 import blake3
from dilithium_py.ml_dsa import ML_DSA_44, ML_DSA_65, ML_DSA_87

PROOF_BYTES_MAX = 16_777_216
CHECKPOINT_BYTES_MAX = 4_194_304
VALUES_MAX = 262_144
STAKE_MAX = 4_611_686_018_427_387_903

# tag: scheme, bytes of a public key, bytes of a signature
SCHEMES = {
    1: (ML_DSA_44, 1_312, 2_420),
    2: (ML_DSA_65, 1_952, 3_309),
    3: (ML_DSA_87, 2_592, 4_627),
}
SCHEME_TAGS = {"ml-dsa-44": 1, "ml-dsa-65": 2, "ml-dsa-87": 3}


class Refused(Exception):
    """A link that does not hold, and why."""

    def __init__(self, link, fault, detail=""):
        super().__init__(f"{link} {fault}")
        self.link, self.fault, self.detail = link, fault, detail


def malformed(detail):
    return Refused("format", "format", detail)


# Hashes


def h(*parts):
    return blake3(b"".join(parts)).digest()


def derive(context, *parts):
    return blake3(b"".join(parts), derive_key_context=context).digest()


def climb(leaf, path):
    node = h(b"\x00", leaf)
    for side, sibling in path:
        node = h(b"\x01", sibling, node) if side == "left" else h(b"\x01", node, sibling)
    return node


# The canonical encoding


class Decoder:
    """Reads one value; whatever is not exactly that is refused."""

    def __init__(self, data, bytes_max):
        if len(data) > bytes_max:
            raise malformed(f"{len(data)} bytes, at most {bytes_max}")
        self.data, self.place = data, 0
        if self.take(1) != b"\x01":
            raise malformed("unknown version of an encoding")

    def take(self, count):
        taken = self.data[self.place : self.place + count]
        if len(taken) != count:
            raise malformed("an encoding ends early")
        self.place += count
        return taken

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def u8(self):
        return self.number(1)

    def u16(self):
        return self.number(2)

    def u64(self):
        return self.number(8)

    def bytes32(self):
        return self.take(32)

    def option(self, read):
        present = self.u8()
        if present > 1:
            raise malformed("an option is 0 or 1")
        return read() if present else None

    def count(self, count_max):
        count = self.number(4)
        if count > count_max:
            raise malformed(f"{count} entries, at most {count_max}")
        return count

    def list(self, count_max, read):
        return [read() for _ in range(self.count(count_max))]

    def bytes(self, count_max):
        return self.take(self.count(count_max))

    def tagged(self, length):
        """A key (length 1) or a signature (length 2), with its tag."""
        tag = self.u8()
        if tag not in SCHEMES:
            raise malformed(f"unknown signature scheme {tag}")
        return tag, self.take(SCHEMES[tag][length])

    def key(self):
        return self.tagged(1)

    def signature(self):
        return self.tagged(2)

    def end(self):
        if self.place != len(self.data):
            raise malformed("bytes follow an encoding")


@dataclass
class Header:
    encoded: bytes
    chain_id: bytes
    height: int
    epoch: int
    receipts_root: bytes
    state_root: bytes
    next_committee: bytes | None
    history_root: bytes

    @staticmethod
    def decode(encoded):
        d = Decoder(encoded, 512)
        chain_id, height, epoch = d.bytes32(), d.u64(), d.u64()
        d.bytes32(), d.u64()  # parent, timestamp
        d.u64(), d.u16(), d.bytes32()  # leader
        d.u64(), d.bytes32(), d.bytes32()  # commit index, checkpoint, transactions root
        receipts_root, state_root = d.bytes32(), d.bytes32()
        next_committee, history_root = d.option(d.bytes32), d.bytes32()
        d.end()
        return Header(
            encoded,
            chain_id,
            height,
            epoch,
            receipts_root,
            state_root,
            next_committee,
            history_root,
        )

    def id(self):
        return derive("kaldrix 2026 ledger block id v1", self.encoded)

    def vote_leaf(self):
        return self.height.to_bytes(8, "little") + self.id()


@dataclass
class Body:
    encoded: bytes
    # None: not a notarisation
    digests: list | None

    @staticmethod
    def decode(encoded):
        d = Decoder(encoded, 12_288)
        d.bytes32(), d.bytes32(), d.u64(), d.u64(), d.u64()
        d.option(d.key)
        payload, digests = d.u8(), None
        if payload == 0:
            d.bytes32(), d.u64()
        elif payload == 1:
            d.bytes(64)
            digests = d.list(256, d.bytes32)
        else:
            raise malformed(f"unknown payload {payload}")
        d.end()
        return Body(encoded, digests)

    def id(self):
        return derive("kaldrix 2026 transaction id v1", self.encoded)


@dataclass
class Receipt:
    encoded: bytes
    id: bytes
    applied: bool

    @staticmethod
    def decode(encoded):
        d = Decoder(encoded, 64)
        identifier = d.bytes32()
        d.u16(), d.u64()
        outcome = d.u8()
        if outcome > 1 or (outcome == 1 and d.u8() > 2):
            raise malformed("unknown outcome")
        d.end()
        return Receipt(encoded, identifier, outcome == 0)


def decode_account(encoded):
    d = Decoder(encoded, 64)
    d.u64(), d.u64(), d.option(d.bytes32)
    d.end()
    return encoded


@dataclass
class Committee:
    encoded: bytes
    epoch: int
    # author by author: stake, consensus key
    members: list

    @staticmethod
    def decode(encoded):
        d = Decoder(encoded, 1_048_576)

        def member():
            name, stake = d.bytes(64), d.u64()
            consensus_key, network_key = d.key(), d.key()
            d.bytes32()
            try:
                name.decode()
            except UnicodeDecodeError:
                raise malformed("a member's name is not UTF-8") from None
            return stake, consensus_key, network_key

        epoch, members = d.u64(), d.list(128, member)
        d.end()
        keys = [key for member in members for key in member[1:]]
        stakes = [stake for stake, *_ in members]
        if not members or min(stakes) == 0 or sum(stakes) > STAKE_MAX or len(set(keys)) < len(keys):
            raise malformed("not a committee")
        return Committee(encoded, epoch, [(stake, key) for stake, key, _ in members])

    def id(self):
        return derive("kaldrix 2026 committee id v1", self.encoded)

    def quorum(self):
        return 2 * sum(stake for stake, _ in self.members) // 3 + 1


@dataclass
class Vote:
    root: bytes
    chain_id: bytes
    epoch: int
    author: int
    votes_root: bytes
    path: list
    signature: tuple

    @staticmethod
    def read(node):
        node = members(node, "signed_root", "vote_path", "signature")
        encoded = from_hex(node["signed_root"])
        d = Decoder(encoded, 155)
        chain_id, epoch = d.bytes32(), d.u64()
        d.u64()
        author = d.u16()
        d.u64(), d.bytes32()
        votes_root = d.bytes32()
        d.bytes32()
        d.end()
        path = read_path(node["vote_path"])
        d = Decoder(from_hex(node["signature"]), 5_120)
        signature = d.signature()
        d.end()
        return Vote(encoded, chain_id, epoch, author, votes_root, path, signature)

    def id(self):
        return derive("kaldrix 2026 block id v1", self.root)


# The text


def parse(text, bytes_max):
    """JSON without repeated names, booleans, fractions and signs."""

    def pairs(members):
        found = dict(members)
        if len(found) != len(members):
            raise malformed("a name repeats")
        return found

    def number(digits):
        if not digits.isdigit() or int(digits) >= 1 << 64:
            raise malformed(f"number {digits[:40]}")
        return int(digits)

    def refuse(token):
        raise malformed(f"number {token[:40]}")

    if len(text) > bytes_max:
        raise malformed("too long")
    try:
        tree = json.loads(
            text.decode("utf-8"),
            object_pairs_hook=pairs,
            parse_int=number,
            parse_float=refuse,
            parse_constant=refuse,
        )
        count = count_values(tree)
    except (ValueError, RecursionError) as error:
        raise malformed(str(error)) from None
    if count > VALUES_MAX:
        raise malformed("too many values")
    return tree


def count_values(tree):
    parts = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return 1 + sum(count_values(part) for part in parts)


def members(node, *names):
    if not isinstance(node, dict) or set(node) != set(names):
        raise malformed(f"expected exactly {names}")
    return node


def variant(node):
    if not isinstance(node, dict) or len(node) != 1:
        raise malformed("expected exactly one name")
    return next(iter(node.items()))


def items(node, count_max, read):
    if not isinstance(node, list) or len(node) > count_max:
        raise malformed(f"expected a list of at most {count_max}")
    return [read(item) for item in node]


def from_hex(node):
    if not isinstance(node, str) or not set(node) <= set("0123456789abcdef") or len(node) % 2:
        raise malformed("expected lowercase hex")
    return bytes.fromhex(node)


def digest(node):
    found = from_hex(node)
    if len(found) != 32:
        raise malformed("expected 32 bytes")
    return found


def nullable(node, read):
    return None if node is None else read(node)


def read_path(node):
    def step(item):
        side, sibling = variant(item)
        if side not in ("left", "right"):
            raise malformed("expected left or right")
        return side, digest(sibling)

    return items(node, 63, step)


def read_votes(node):
    return items(node, 128, Vote.read)


def bech32m(text):
    """The 32 bytes of an address (BIP 350)."""
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    prefix = "kald1"
    if not isinstance(text, str) or not text.startswith(prefix) or len(text) != len(prefix) + 58:
        raise malformed("not an address")
    data = [letters.find(letter) for letter in text[len(prefix) :]]
    if -1 in data:
        raise malformed("not an address")
    values = [ord(c) >> 5 for c in "kald"] + [0] + [ord(c) & 31 for c in "kald"] + data
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(
            [0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3]
        ):
            check ^= generator if top >> bit & 1 else 0
    if check != 0x2BC830A3:
        raise malformed("an address with a wrong checksum")
    number = 0
    for value in data[:-6]:
        number = number << 5 | value
    if number & 0xF:
        raise malformed("an address with padding")
    return (number >> 4).to_bytes(32, "big")


# Claims


def read_transaction(node):
    node = members(node, "body", "receipt", "receipt_path")
    body = Body.decode(from_hex(node["body"]))
    receipt = Receipt.decode(from_hex(node["receipt"]))
    path = read_path(node["receipt_path"])

    def check(header):
        if receipt.id != body.id():
            raise Refused("claim", "receipt")
        if climb(receipt.encoded, path) != header.receipts_root:
            raise Refused("claim", "path")

    return body, receipt, check


def read_notarisation(node):
    node = members(node, "digest", "transaction")
    claimed = digest(node["digest"])
    body, receipt, check_transaction = read_transaction(node["transaction"])

    def check(header):
        check_transaction(header)
        if body.digests is None:
            raise Refused("claim", "payload")
        if claimed not in body.digests:
            raise Refused("claim", "digest")
        if not receipt.applied:
            raise Refused("claim", "outcome")

    return check


def bit(key, depth):
    return key[depth // 8] >> (7 - depth % 8) & 1


def read_account(node):
    node = members(node, "address", "account", "neighbour", "siblings")
    address = bech32m(node["address"])
    account = nullable(node["account"], lambda text: decode_account(from_hex(text)))

    def leaf(item):
        item = members(item, "key", "value_digest")
        return digest(item["key"]), digest(item["value_digest"])

    neighbour = nullable(node["neighbour"], leaf)
    siblings = items(node["siblings"], 256, digest)
    if account is not None and neighbour is not None:
        raise malformed("a neighbour beside an account")

    def check(header):
        key = derive("kaldrix 2026 state tree account key v1", address)
        place = (key, h(account)) if account is not None else neighbour
        if neighbour is not None:
            agrees = all(
                bit(key, depth) == bit(neighbour[0], depth) for depth in range(len(siblings))
            )
            if neighbour[0] == key or not agrees:
                raise Refused("claim", "path")
        node = h(b"JMT::LeafNode", *place) if place else b"SPARSE_MERKLE_PLACEHOLDER_HASH__"
        for index, sibling in enumerate(siblings):
            if bit(key, len(siblings) - 1 - index):
                node = h(b"JMT::IntrnalNode", sibling, node)
            else:
                node = h(b"JMT::IntrnalNode", node, sibling)
        if node != header.state_root:
            raise Refused("claim", "path")

    return check


def read_claim(node):
    kind, claim = variant(node)
    if kind == "block":
        members(claim)
        return lambda header: None
    if kind == "transaction":
        return read_transaction(claim)[2]
    if kind == "notarisation":
        return read_notarisation(claim)
    if kind == "account":
        return read_account(claim)
    raise malformed("unknown claim")


# What is trusted


@dataclass
class Trust:
    chain_id: bytes
    committee: Committee
    height: int
    # None: genesis is trusted
    block: bytes | None


def u64(number):
    return int(number).to_bytes(8, "little")


def counted(data):
    return len(data).to_bytes(4, "little") + data


def genesis_trust(text):
    genesis = json.loads(text)
    assert genesis["format"] == 1
    protocol, validators = genesis["protocol"], genesis["validators"]

    def key(node):
        return bytes([SCHEME_TAGS[node["scheme"]]]) + bytes.fromhex(node["public_key"])

    committee = u64(0) + len(validators).to_bytes(4, "little")
    for validator in validators:
        committee += counted(validator["name"].encode()) + u64(validator["stake"])
        committee += key(validator["consensus_key"]) + key(validator["network_key"])
        committee += bech32m(validator["reward_address"])
    accounts = sorted(
        (bech32m(item["address"]), int(item["amount"])) for item in genesis["accounts"]
    )
    encoded = b"\x01" + counted(genesis["name"].encode()) + u64(genesis["timestamp_ms"])
    encoded += int(protocol["leaders_per_round"]).to_bytes(2, "little")
    for name in ("gc_depth_rounds", "schedule_commits", "fee_base", "fee_per_byte"):
        encoded += u64(protocol[name])
    encoded += u64(protocol["expiry_heights_max"]) + u64(protocol["epoch_length_s"])
    encoded += committee + len(accounts).to_bytes(4, "little")
    for address, amount in accounts:
        encoded += address + u64(amount)
    chain_id = derive("kaldrix 2026 chain id v1", encoded)
    if chain_id.hex() != genesis["chain_id"]:
        sys.exit("the genesis file was changed: its chain id is another")
    return Trust(chain_id, Committee.decode(b"\x01" + committee), 0, None)


def checkpoint_trust(text):
    node = parse(text, CHECKPOINT_BYTES_MAX)
    node = members(node, "format", "version", "chain_id", "height", "block", "committee")
    if (
        node["format"] != "kaldrix-checkpoint"
        or node["version"] != 1
        or type(node["height"]) is not int
    ):
        raise malformed("not a checkpoint")
    committee = Committee.decode(from_hex(node["committee"]))
    return Trust(digest(node["chain_id"]), committee, node["height"], digest(node["block"]))


# The links


@dataclass
class Term:
    """A committee and the lowest height that it may certify."""

    chain_id: bytes
    committee: Committee
    height_min: int

    def certified(self, link, header, votes):
        if header.chain_id != self.chain_id:
            raise Refused(link, "chain")
        if header.epoch != self.committee.epoch:
            raise Refused(link, "epoch")
        if header.height < self.height_min:
            raise Refused(link, "height")
        previous, stake = -1, 0
        for vote in votes:
            if vote.author <= previous:
                raise Refused(link, "vote-order")
            previous = vote.author
            if vote.chain_id != self.chain_id:
                raise Refused(link, "vote-chain")
            if vote.epoch != self.committee.epoch:
                raise Refused(link, "vote-epoch")
            if climb(header.vote_leaf(), vote.path) != vote.votes_root:
                raise Refused(link, "vote-path")
            if vote.author < len(self.committee.members):
                stake += self.committee.members[vote.author][0]
        if stake < self.committee.quorum():
            raise Refused(link, "quorum")
        for vote in votes:
            if vote.author >= len(self.committee.members):
                raise Refused(link, "vote-author")
            _, (tag, key) = self.committee.members[vote.author]
            signature_tag, signature = vote.signature
            scheme = SCHEMES[tag][0]
            context = b"kaldrix-dag-block-v1"
            if signature_tag != tag or not scheme.verify(key, vote.id(), signature, ctx=context):
                raise Refused(link, "signature")


def read_change(node):
    node = members(node, "header", "votes", "committee")
    header = Header.decode(from_hex(node["header"]))
    return header, read_votes(node["votes"]), Committee.decode(from_hex(node["committee"]))


def read_later(node):
    node = members(node, "header", "history_path")
    return Header.decode(from_hex(node["header"])), read_path(node["history_path"])


def read_finality(node):
    kind, finality = variant(node)
    if kind == "pinned":
        members(finality)
        return None
    if kind != "certified":
        raise malformed("unknown finality")
    finality = members(finality, "committee_changes", "votes", "checkpoint_path")
    changes = items(finality["committee_changes"], 1_024, read_change)
    return changes, read_votes(finality["votes"]), nullable(finality["checkpoint_path"], read_path)


def verify(text, trust):
    """The height and id of the claim's block; raises Refused."""
    proof = parse(text, PROOF_BYTES_MAX)
    proof = members(proof, "format", "version", "claim", "header", "later", "finality")
    if (
        proof["format"] != "kaldrix-proof"
        or type(proof["version"]) is not int
        or proof["version"] != 1
    ):
        raise malformed("not a proof of version 1")
    check_claim = read_claim(proof["claim"])
    header = Header.decode(from_hex(proof["header"]))
    later = nullable(proof["later"], read_later)
    finality = read_finality(proof["finality"])

    check_claim(header)
    if header.chain_id != trust.chain_id:
        raise Refused("header", "chain")
    last = header
    if later is not None:
        last, history_path = later
        if last.chain_id != trust.chain_id:
            raise Refused("history", "chain")
        if last.height <= header.height:
            raise Refused("history", "height")
        if climb(header.id(), history_path) != last.history_root:
            raise Refused("history", "path")
    if finality is None:
        check_pinned(last, trust)
    else:
        check_certified(header, last, finality, trust)
    return header.height, header.id()


def check_pinned(last, trust):
    if trust.block is None:
        raise Refused("checkpoint", "not-pinned")
    if last.id() != trust.block:
        raise Refused("checkpoint", "block")


def check_certified(header, last, finality, trust):
    changes, votes, checkpoint_path = finality
    if trust.block is None:
        if checkpoint_path is not None:
            raise Refused("checkpoint", "not-pinned")
    else:
        if checkpoint_path is None:
            raise Refused("checkpoint", "unlinked")
        if last.height <= trust.height:
            raise Refused("checkpoint", "height")
        if header.height < trust.height:
            raise Refused("checkpoint", "below-checkpoint")
        if climb(trust.block, checkpoint_path) != last.history_root:
            raise Refused("checkpoint", "path")
    term = Term(trust.chain_id, trust.committee, trust.height)
    for end, change_votes, committee in changes:
        term.certified("committee-change", end, change_votes)
        if end.next_committee != committee.id():
            raise Refused("committee-change", "committee")
        if committee.epoch != end.epoch + 1:
            raise Refused("committee-change", "epoch")
        term = Term(trust.chain_id, committee, end.height + 1)
    term.certified("certificate", last, votes)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--genesis", required=True)
    parser.add_argument("--checkpoint")
    parser.add_argument("proofs", nargs="+")
    arguments = parser.parse_args()
    with open(arguments.genesis, "rb") as file:
        trust = genesis_trust(file.read())
    if arguments.checkpoint:
        with open(arguments.checkpoint, "rb") as file:
            pinned = checkpoint_trust(file.read())
        if pinned.chain_id != trust.chain_id:
            sys.exit("the checkpoint is of another chain than the genesis file")
        trust = pinned
    refused = 0
    for name in arguments.proofs:
        with open(name, "rb") as file:
            text = file.read()
        try:
            height, block = verify(text, trust)
            print("verified", height, block.hex())
        except Refused as error:
            refused = 1
            print("refused", error.link, error.fault)
    sys.exit(refused)


if __name__ == "__main__":
    main()
