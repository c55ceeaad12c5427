"""The seam to apprise: one message through one channel, yes or no."""

import logging

from apprise import Apprise, AppriseAsset

from dispatch.alerts.channels import Channel
from dispatch.alerts.message import Message

logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it names hosts and answers; whether it worked is all we tell


async def send(message: Message, channel: Channel) -> bool:
    """Whether the provider has taken the message. The call itself runs in a thread, with apprise's timeouts of 4 s."""
    # A provider that redirects could lead a drill's alert off this machine.
    notifier = Apprise(asset=AppriseAsset(app_id="One Map", http_redirects=False))
    if not notifier.add(channel.url):
        return False
    return bool(await notifier.async_notify(title=message.title, body=message.body))
