"""The command line. Each command is read from its own file only when it is called, so that --help is quick."""

from __future__ import annotations

import importlib
import sys

import click

from gateway.errors import GatewayError, Invalid

# Command -> (module under gateway.cli, help shown in the list).
_COMMANDS = {
    "demo": ("demo", "A whole case in a minute: fourteen creditors, some of them silent."),
    "serve": ("serve", "Web and one worker, on this machine."),
    "work": ("serve", "One more worker, on this or another machine."),
    "web": ("serve", "Only the web server; `serve` starts it for you."),
    "migrate": ("serve", "Bring the database to this version's tables."),
    "check": ("check", "Say on one screen what is wrong with the configuration."),
    "clock": ("clock", "Show the gateway clock; move it in a sandbox."),
    "deadline": ("deadline", "When is a term over, and why on that day?"),
    "creditor": ("creditor", "Learn, try, check and take live the formats of creditors."),
    "evidence": ("evidence", "Verify an evidence file, offline."),
    "consent": ("consent", "Verify a receipt of what a resident said, offline."),
    "journal": ("journal", "Prove the whole journal; hand its checkpoints to witnesses."),
    "export": ("export", "Make, verify and read back a resident's own copy of their data."),
    "retention": ("retention", "Erase what has served its time; say what is kept, why and until when."),
    "register": ("register", "The register of processing, and the processing log, for the DPO."),
    "keys": ("keys", "Issue access tokens; replace and revoke signing keys."),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"gateway.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in _COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="creditor-gateway")
def gateway() -> None:
    """The creditor data-exchange gateway."""


def main() -> None:
    """Run the command line; an error of ours is a sentence on stderr, never a traceback."""
    try:
        gateway.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except GatewayError as error:
        click.echo(f"gateway: {error.detail}", err=True)
        for fault in error.faults if isinstance(error, Invalid) else ():
            click.echo(f"  {fault.pointer or '/'}: {fault.detail}", err=True)
        sys.exit(2)
