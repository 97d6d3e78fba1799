// The page of a machine: asks the portal for a ticket, and for another one whenever the session has to be opened anew.
const viewer = document.querySelector('spice-viewer');

async function ticket() {
  const response = await fetch(`/machines/${viewer.dataset.machine}/ticket`, { method: 'POST' });
  if (response.status === 401) location.href = '/';
  if (!response.ok) throw new Error(`The portal answered with status ${response.status}.`);
  return response.json();
}

viewer.ticketProvider = ticket;
viewer.token = (await ticket()).token;
viewer.connect();
