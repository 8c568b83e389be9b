"""`python -m web.assets`: build the scripts and styles when anything has changed."""

import click

from web.assets.building import AssetsError, build


def main() -> int:
    try:
        fresh = build()
    except AssetsError as problem:
        click.echo(problem, err=True)
        return 1
    click.echo("Skrip dan gaya dibangun." if fresh else "Skrip dan gaya sudah mutakhir.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
