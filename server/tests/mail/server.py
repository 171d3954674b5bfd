"""A real SMTP server (aiosmtpd) that tells every message it takes, one JSON object a line.

Recipients that begin with "later-" are put off once, and those that begin with "gone-" are refused for good. It
serves on the port that is given until its standard input ends.
"""

import email
import email.policy
import json
import sys

from aiosmtpd.controller import Controller

put_off = set()


class Teller:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone-"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later-") and address not in put_off:
            put_off.add(address)
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        print(json.dumps({
            "to": envelope.rcpt_tos,
            "from": message["from"],
            "subject": message["subject"],
            "id": message["message-id"],
            "text": message.get_body(("plain",)).get_content(),
            "html": message.get_body(("html",)).get_content(),
        }), flush=True)
        return "250 taken"


controller = Controller(Teller(), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("ready", flush=True)
sys.stdin.read()
controller.stop()
