// The log-in form of a project with accounts.

const form = document.getElementById("login");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = document.getElementById("said");
  said.textContent = "";
  const slow = setTimeout(() => {
    said.textContent = "One moment; after wrong attempts it takes longer.";
  }, 1500);
  const fields = new FormData(form);
  try {
    const answer = await fetch(`${document.documentElement.dataset.root}/api/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: fields.get("name"), password: fields.get("password") }),
    });
    if (answer.ok) location.reload();
    else said.textContent = (await answer.json()).detail;
  } catch {
    said.textContent = "The server can’t be reached; try again.";
  } finally {
    clearTimeout(slow);
  }
});
