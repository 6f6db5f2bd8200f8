from django.urls import path

from idp.pages.views import consent, device, mfa, other, recover, register, sign_in, stylesheet

app_name = "pages"
urlpatterns = [
    path("", other.home, name="home"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-in/password", sign_in.password, name="sign-in-password"),
    path("sign-in/method", sign_in.switch_method, name="switch-method"),
    path("sign-in/verification-code", sign_in.code, name="sign-in-code"),
    path("sign-in/resend", sign_in.resend, name="resend"),
    path("sign-in/new-account", sign_in.offer_account, name="offer-account"),
    path("register", register.register, name="register"),
    path("register/verification-code", sign_in.code, name="register-code"),
    path("register/password", register.password, name="register-password"),
    path("register/existing-account", register.offer_sign_in, name="offer-sign-in"),
    path("forgot-password", recover.forgot_password, name="forgot-password"),
    path("forgot-password/verification-code", sign_in.code, name="forgot-password-code"),
    path("forgot-password/reset", recover.reset_password, name="reset-password"),
    path("mfa-verification", mfa.verify, name="mfa-verify"),
    path("mfa-verification/<slug:slug>", mfa.verify, name="mfa-verify-with"),
    path("mfa-verification/<slug:slug>/send", mfa.send, name="mfa-send"),
    path("mfa-binding", mfa.setup, name="mfa-setup"),
    path("mfa-binding/totp", mfa.totp, name="mfa-totp"),
    path("mfa-binding/skip", mfa.skip, name="mfa-skip"),
    path("mfa-binding/backup-codes", mfa.backup_codes, name="mfa-backup-codes"),
    path("consent", consent.consent, name="consent"),
    path("device", device.device, name="device"),
    path("device/confirm", device.confirm, name="device-confirm"),
    path("device/success", device.success, name="device-success"),
    path("device/cancelled", device.cancelled, name="device-cancelled"),
    path("branding.css", stylesheet.stylesheet, name="stylesheet"),
    path("language", other.language, name="language"),
    path("demo-app", other.demo_app, name="demo-app"),
    path("unknown-session", other.unknown_session, name="unknown-session"),
]
