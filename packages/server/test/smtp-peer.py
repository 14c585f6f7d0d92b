# A mail server of another make, for tests: takes what it is sent and says so on standard output, one JSON object a line. An
# address that begins with "refused" does not exist; one that begins with "later" is deferred the first time.
import json
import sys
import threading
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Handler:
    def __init__(self):
        self.deferred = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later") and address not in self.deferred:
            self.deferred.add(address)
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content, policy=policy.default)
        parts = {"text/plain": "", "text/html": "", "image/png": ""}
        for part in message.walk():
            kind = part.get_content_type()
            if kind in ("text/plain", "text/html"):
                parts[kind] = part.get_content()
            elif kind == "image/png":
                parts[kind] = part.get_content().hex()
        print(json.dumps({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): value for name, value in message.items()},
            "text": parts["text/plain"],
            "html": parts["text/html"],
            "png": parts["image/png"],
        }), flush=True)
        return "250 OK"


controller = Controller(Handler(), hostname=sys.argv[1], port=int(sys.argv[2]))
controller.start()
print(json.dumps({"listening": True}), flush=True)
threading.Event().wait()
