"""What every browser test does first."""

from playwright.sync_api import Browser, Page, expect


def sign_in(browser: Browser, address: str, user: str, password: str, size: tuple[int, int]) -> Page:
    """A page of its own, signed in."""
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}).new_page()
    page.goto(address)
    page.get_by_test_id("sign-in-user").fill(user)
    page.get_by_test_id("sign-in-password").fill(password)
    page.get_by_test_id("sign-in-submit").click()
    expect(page.get_by_test_id("sign-in-submit")).to_have_count(0)
    return page
