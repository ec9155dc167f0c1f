"""Code that has imported the functions by name, as code under test does."""

from asyncio import sleep as asyncio_sleep
from time import monotonic, sleep
from time import time as now


def wait(seconds):
    sleep(seconds)


async def wait_async(seconds):
    await asyncio_sleep(seconds)


def clocks():
    return now(), monotonic()
