"""notify's tables.

messages           one message to one party: its text encrypted, by which version of which template, whether read
deliveries         one message on one channel besides the inbox: tries, outcome, receipt
channel_choices    where a party wants messages of a kind
webhook_targets    where a party's webhooks go and what signs them; a replaced one stays, without a live mark
templates          which body each version of a template has: a changed body needs a new version
deadlines          what is due, as it was told last; `deadline_closings`: what is no longer asked
reminders          which reminder of which deadline was made: each once
projects           which document a project stands under, so that a message never cites a later one (X-7)
"""

from services.notify.models.base import NotifyTable
from services.notify.models.deadlines import ClosingRow, DeadlineRow, ReminderRow
from services.notify.models.deliveries import DeliveryRow
from services.notify.models.messages import MessageRow, ProjectRow, TemplateRow
from services.notify.models.preferences import ChoiceRow, TargetRow
