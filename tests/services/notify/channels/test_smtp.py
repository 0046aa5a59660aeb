"""The dialogue with a mail server: Chinese arrives whole, secrets travel encrypted, bad settings name the cure."""

from __future__ import annotations

import smtplib
from dataclasses import replace
from pathlib import Path

import pytest

from services.notify.channels.smtp import MailServer, Sender, compose
from services.notify.letters.rendering import Letter
from shared.clock import now
from shared.settings import SettingsError
from tests.services.notify.channels.mail_servers import HOST, Postbox, accepting, certificate, free_port, serving

SENDER = Sender.of("技能培训补贴 <noreply@example.gov.cn>")
LETTER = Letter("尾款申请已批准：93000.00 元（c0ffee00）", "贵单位的申请已批准。\n\n下一步：等候拨付。")
ADDRESS = "hr@example.com"
MAIL = compose(LETTER, SENDER, ADDRESS, "0123abcd", now())


def test_a_mail_says_in_chinese_what_the_letter_says() -> None:
    port, postbox = free_port(), Postbox()
    with serving(postbox, port):
        MailServer.of(f"smtp://127.0.0.1:{port}").send(MAIL, SENDER, ADDRESS)
    (mail,) = postbox.mails
    assert MAIL.as_bytes().isascii()
    assert mail["Subject"] == LETTER.title
    assert mail["From"].addresses[0].display_name == "技能培训补贴"
    assert mail["To"] == ADDRESS
    assert mail["Message-ID"] == "<0123abcd@example.gov.cn>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n").startswith(LETTER.body)


@pytest.mark.parametrize(
    "address", ["a@example.com,b@example.com", "two words@example.com", "a@example.com\r\nBcc: b@example.com", "nobody"]
)
def test_an_address_that_is_not_one_address_is_never_written_into_a_mail(address: str) -> None:
    with pytest.raises(Exception, match=r".") as raised:
        compose(LETTER, SENDER, address, "0123abcd", now())
    assert not isinstance(raised.value, AttributeError)


def test_starttls_is_demanded_and_carries_the_password(tmp_path: Path) -> None:
    server_side, client_side = certificate(tmp_path)
    port, postbox = free_port(), Postbox()
    server = MailServer(HOST, port, "starttls", "clerk", "geheim", client_side)
    account = accepting("clerk", "geheim")
    with serving(
        postbox, port, tls_context=server_side, require_starttls=True, authenticator=account, auth_required=True
    ):
        server.send(MAIL, SENDER, ADDRESS)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            replace(server, password="wrong").send(MAIL, SENDER, ADDRESS)
    assert postbox.encrypted == [True]


def test_a_server_that_offers_no_tls_gets_nothing(tmp_path: Path) -> None:
    port, postbox = free_port(), Postbox()
    with serving(postbox, port), pytest.raises(smtplib.SMTPNotSupportedError):
        MailServer(HOST, port, "starttls", "clerk", "geheim").send(MAIL, SENDER, ADDRESS)
    assert postbox.mails == []


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    server_side, _ = certificate(tmp_path)
    port, postbox = free_port(), Postbox()
    with serving(postbox, port, tls_context=server_side), pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        MailServer(HOST, port, "starttls").send(MAIL, SENDER, ADDRESS)
    assert postbox.mails == []


def test_smtps_speaks_tls_from_the_first_byte(tmp_path: Path) -> None:
    server_side, client_side = certificate(tmp_path)
    port, postbox = free_port(), Postbox()
    with serving(postbox, port, ssl_context=server_side):
        MailServer(HOST, port, "tls", context=client_side).send(MAIL, SENDER, ADDRESS)
    assert len(postbox.mails) == 1


@pytest.mark.parametrize(
    ("url", "host", "port", "security"),
    [
        ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, "plain"),
        ("smtp://[::1]:2525", "::1", 2525, "plain"),
        ("smtp://localhost", "localhost", 25, "plain"),
        ("smtp://mail.example.gov.cn", "mail.example.gov.cn", 25, "starttls"),
        ("smtp://mail.example.gov.cn:587", "mail.example.gov.cn", 587, "starttls"),
        ("smtp://mail.example.gov.cn?tls=off", "mail.example.gov.cn", 25, "plain"),
        ("smtps://mail.example.gov.cn", "mail.example.gov.cn", 465, "tls"),
    ],
)
def test_only_this_machine_or_a_word_of_the_operator_makes_it_plain(
    url: str, host: str, port: int, security: str
) -> None:
    server = MailServer.of(url)
    assert (server.host, server.port, server.security) == (host, port, security)


def test_user_and_password_may_hold_any_character() -> None:
    server = MailServer.of("smtps://clerk%40example.com:p%3Aa%2Fss@mail.example.com")
    assert (server.user, server.password) == ("clerk@example.com", "p:a/ss")


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com:25",
        "http://mail.example.com",
        "smtp://",
        "smtp://mail.example.com:many",
        "smtp://mail.example.com/path",
        "smtp://mail.example.com?tls=maybe",
        "smtp://clerk:geheim@mail.example.com?tls=off",
    ],
)
def test_a_wrong_setting_is_refused_at_start_without_showing_the_password(url: str) -> None:
    with pytest.raises(SettingsError, match="SMTP_URL") as refused:
        MailServer.of(url)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("mail_from", [None, "", "no address", "a@example.com, b@example.com", "a@"])
def test_mail_without_one_sender_is_refused_at_start(mail_from: str | None) -> None:
    with pytest.raises(SettingsError, match="MAIL_FROM"):
        Sender.of(mail_from)
