// Testing a connector: Enter in the recipient's field sends, and what came of it gets the focus so that it is read out.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.id !== "id_test-to") return;
  event.preventDefault();
  document.getElementById("send-test").click();
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "connector-fields") event.target.querySelector("[data-autofocus]")?.focus();
});
