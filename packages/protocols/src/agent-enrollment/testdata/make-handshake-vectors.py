#!/usr/bin/env python3
"""Writes handshake-vectors.json: the enrolment handshake computed a second time, with nothing but hashlib and hmac.

Run by hand: python3 make-handshake-vectors.py > handshake-vectors.json
The byte strings are patterns, not real certificates: the handshake treats them as opaque.
"""
import hashlib
import hmac
import json
import struct

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def sha256(data):
    return hashlib.sha256(data).digest()


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def lp(*fields):
    out = b""
    for field in fields:
        if isinstance(field, str):
            field = field.encode()
        elif isinstance(field, int):
            field = struct.pack(">Q", field)
        elif isinstance(field, list):
            field = lp(*field)
        out += struct.pack(">I", len(field)) + field
    return out


def expand(prk, info, size):
    return mac(prk, info + b"\x01")[:size]  # RFC 5869, section 2.3; one block is enough for 32 bytes


def pattern(label, size):
    out = b""
    count = 0
    while len(out) < size:
        out += sha256(f"{label}:{count}".encode())
        count += 1
    return out[:size]


def code_text(code):
    number = int.from_bytes(code, "big")
    symbols = "".join(ALPHABET[(number >> shift) & 31] for shift in range(115, -1, -5))
    symbols += ALPHABET[sha256(symbols.encode())[0] >> 3]
    return "-".join(symbols[i:i + 5] for i in range(0, 25, 5))


def vector(name, code, slug, host, anchors, gateway, expires, claims):
    prk = mac(sha256(lp("gh-enrol-1", slug, host)), code)  # HKDF-Extract
    loc, ks, kd = expand(prk, b"locator", 16), expand(prk, b"server", 32), expand(prk, b"device", 32)
    nd, ns = pattern(name + "nd", 32), pattern(name + "ns", 32)
    eid = "01990000-0000-7000-8000-000000000001"
    root = pattern(name + "root", 500)
    tls = [pattern(f"{name}anchor{i}", 400 + i) for i in range(anchors)]
    csr, leaf, issuing = pattern(name + "csr", 300), pattern(name + "leaf", 450), pattern(name + "issuing", 460)
    t1 = sha256(lp(lp(1, loc, nd), lp(ns, eid, root, tls, "ec-p256", gateway, expires)))
    mac_s = mac(ks, lp("M2", t1))
    mac_d = mac(kd, lp("M3", t1, sha256(csr), sha256(claims.encode())))
    mac_c = mac(ks, lp("M4", t1, mac_d, sha256(leaf)))
    return {
        "name": name, "code": code.hex(), "codeText": code_text(code), "organizationSlug": slug, "publicHost": host,
        "locator": loc.hex(), "serverKey": ks.hex(), "deviceKey": kd.hex(),
        "deviceNonce": nd.hex(), "serverNonce": ns.hex(), "enrollmentId": eid, "deviceRoot": root.hex(),
        "tlsAnchors": [a.hex() for a in tls], "csrProfile": "ec-p256", "gateway": gateway, "expiresAt": expires,
        "csr": csr.hex(), "claims": claims, "chain": [leaf.hex(), issuing.hex()],
        "transcript": t1.hex(), "serverMac": mac_s.hex(), "deviceMac": mac_d.hex(), "grantMac": mac_c.hex(),
    }


print(json.dumps({
    "section": "Enrolment by one-time code: key derivation, transcript and proofs (security design, section 3.4)",
    "madeBy": "make-handshake-vectors.py",
    "vectors": [
        vector("one anchor", bytes.fromhex("000102030405060708090a0b0c0d0e"), "acme", "mdm.acme.example:8443", 1,
               "https://mdm.acme.example:8444", 1795600000000, '{"device.model":"X1"}'),
        vector("two anchors, no claims", bytes.fromhex("ffffffffffffffffffffffffffffff"), "a", "localhost:8443", 2,
               "https://localhost:8444", 1, ""),
        vector("text outside ASCII", pattern("code", 15), "umlaut-gmbh", "xn--mller-kva.example", 1,
               "https://xn--mller-kva.example", 1795600000001, '{"device.host-name":"Müllers Rechner 💻"}'),
    ],
}, indent=1, ensure_ascii=False))
