"""The sign-in page as the manual shows it: two tabs, three links, the rule of the lock, whom to ask (S1-023 … S1-027, S1-038 … S1-041, S1-046, S1-155)."""
import pytest


@pytest.mark.parametrize("tab, account, button, more", [("", "个人账号", "个人登录", ()), ("?as=unit", "单位账号", "单位登录", ("更换管理员",))])
def test_each_tab_names_its_account_and_leads_to_what_was_forgotten(world, client, tab, account, button, more):
    world.config["OIDC_ISSUER"] = "https://identity.example"
    page = client.get(f"/sign-in{tab}").text
    for words in (account, button, "密码", "注册", "忘记用户名", "忘记密码", "省政务服务网认证入口", "个人登录", "单位登录", *more):
        assert words in page, words


def test_the_lock_the_browsers_and_the_phone_number_are_told_before_anything_goes_wrong(world, client):
    page = client.get("/sign-in").text
    assert "连续输错 5 次，账号将锁定 60 分钟" in page and "1024×768" in page and world.config["HELP_PHONE"] in page


@pytest.mark.parametrize("link", ["/register", "/register/unit", "/recover/name", "/recover/password"])
def test_what_the_links_lead_to_is_open_to_everybody(world, client, link):
    assert client.get(link).status_code == 200
