from django.urls import path

from idp.pages.views import consent, device, other, recover, register, sign_in

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
    path("consent", consent.consent, name="consent"),
    path("device", device.device, name="device"),
    path("device/confirm", device.confirm, name="device-confirm"),
    path("device/success", device.success, name="device-success"),
    path("device/cancelled", device.cancelled, name="device-cancelled"),
    path("demo-app", other.demo_app, name="demo-app"),
    path("unknown-session", other.unknown_session, name="unknown-session"),
]
