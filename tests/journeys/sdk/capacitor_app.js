/* A Capacitor app in one file: it hands the unmodified SDK to whoever holds the page. */
import LogtoClient from "@logto/capacitor";

/** A cold start: what a new process of the app does with what the phone remembers. */
window.start = (config) => {
  window.logto = new LogtoClient(config);
};
