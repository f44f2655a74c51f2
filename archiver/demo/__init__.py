"""A small news outlet that plays four days, served on loopback: the first run without a network, and the end-to-end test bed."""

from archiver.demo.outlet import Outlet, site_facts
from archiver.demo.script import ZONE, Story, Truth

__all__ = ["ZONE", "Outlet", "Story", "Truth", "site_facts"]
