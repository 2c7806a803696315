// Improves the pages if there is JavaScript. Every page works without it.

for (const list of document.querySelectorAll('#changelist')) countTicks(list)
for (const select of document.querySelectorAll('select.picker')) makePicker(select)
for (const form of document.querySelectorAll('form#row')) warnOfUnsaved(form)
for (const form of document.querySelectorAll('form[method=post]')) sendOnce(form)

/** Ticks all rows at once, or a range with Shift, and counts the ticked rows. */
function countTicks(list) {
  const all = list.querySelector('#action-toggle')
  const count = list.querySelector('.selected')
  const ticks = [...list.querySelectorAll('[name=_selected_action]')]
  if (!all || !count) return
  let last
  const show = () => {
    const ticked = ticks.filter((tick) => tick.checked).length
    count.textContent = `${ticked} of ${count.dataset.of} selected`
    all.checked = ticked === ticks.length
    all.indeterminate = ticked > 0 && ticked < ticks.length
  }
  all.addEventListener('change', () => {
    for (const tick of ticks) tick.checked = all.checked
    show()
  })
  for (const tick of ticks) {
    tick.addEventListener('click', ({ shiftKey }) => {
      const [from, to] = [ticks.indexOf(last), ticks.indexOf(tick)].sort((a, b) => a - b)
      if (shiftKey && last) for (const other of ticks.slice(from, to + 1)) other.checked = tick.checked
      last = tick
      show()
    })
  }
  all.hidden = false
  count.hidden = false
  show()
}

/**
 * Shows two panes instead of one list: the available items, with a filter, and the chosen ones. The form still sends the
 * list.
 */
function makePicker(select) {
  const name = select.dataset.plural
  const label = document.querySelector(`label[for="${select.id}"]`)
  const available = pane(`Available ${name}`, `${select.id}_from`, 'Choose all')
  const chosen = pane(`Chosen ${name}`, `${select.id}_to`, 'Remove all')
  const choose = button('Choose →', `Choose selected ${name}`)
  const remove = button('← Remove', `Remove selected ${name}`)
  const filter = document.createElement('input')
  filter.type = 'search'
  filter.placeholder = 'Filter'
  filter.setAttribute('aria-label', `Filter available ${name}`)
  available.list.before(filter)

  const shows = (option) => option.text.toLowerCase().includes(filter.value.trim().toLowerCase())
  const show = () => {
    const options = [...select.options]
    fill(
      available.list,
      options.filter((option) => !option.selected && shows(option)),
    )
    fill(
      chosen.list,
      options.filter((option) => option.selected),
    )
    available.all.disabled = available.list.length === 0
    chosen.all.disabled = chosen.list.length === 0
    enable()
  }
  const enable = () => {
    choose.disabled = available.list.selectedIndex < 0
    remove.disabled = chosen.list.selectedIndex < 0
  }
  const move = (options, isChosen) => {
    const values = new Set(Array.from(options, ({ value }) => value))
    for (const option of select.options) if (values.has(option.value)) option.selected = isChosen
    select.dispatchEvent(new Event('change', { bubbles: true }))
    show()
  }
  const moveSelected = (list, isChosen) => {
    const place = list.selectedIndex
    move(list.selectedOptions, isChosen)
    list.selectedIndex = Math.min(place, list.length - 1)
    enable()
    list.focus()
  }

  filter.addEventListener('input', show)
  filter.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    move(available.list.options, true)
    filter.value = ''
    show()
  })
  choose.addEventListener('click', () => moveSelected(available.list, true))
  remove.addEventListener('click', () => moveSelected(chosen.list, false))
  available.all.addEventListener('click', () => move(available.list.options, true))
  chosen.all.addEventListener('click', () => move(chosen.list.options, false))
  for (const [{ list }, isChosen] of [
    [available, true],
    [chosen, false],
  ]) {
    list.addEventListener('change', enable)
    list.addEventListener('dblclick', () => moveSelected(list, isChosen))
    list.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return
      event.preventDefault()
      moveSelected(list, isChosen)
    })
  }

  const help = document.querySelector(`#${select.id}_helptext`)
  if (help) help.textContent = help.textContent.replace(/Hold down .*$/, '')
  const movers = document.createElement('div')
  movers.className = 'movers'
  movers.append(choose, remove)
  const panes = document.createElement('div')
  panes.className = 'panes'
  panes.setAttribute('role', 'group')
  panes.setAttribute('aria-label', label.textContent.replace(':', ''))
  panes.append(available.box, movers, chosen.box)
  select.after(panes)
  select.hidden = true
  label.htmlFor = available.list.id
  show()
}

function pane(title, id, all) {
  const box = document.createElement('div')
  box.className = 'pane'
  const label = document.createElement('label')
  label.textContent = title
  label.htmlFor = id
  const list = document.createElement('select')
  list.id = id
  list.multiple = true
  const button_ = button(all, `${all}: ${title}`)
  box.append(label, list, button_)
  return { box, list, all: button_ }
}

function button(text, title) {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'quiet'
  made.textContent = text
  made.title = title
  return made
}

function fill(list, options) {
  list.replaceChildren(
    ...options.map(({ text, value }) => {
      const option = new Option(text, value)
      option.title = text
      return option
    }),
  )
}

/** Asks before the user leaves a page with a changed form. */
function warnOfUnsaved(form) {
  let isChanged = form.dataset.unsaved === 'yes'
  form.addEventListener('input', ({ target }) => {
    if (target.name) isChanged = true
  })
  form.addEventListener('change', ({ target }) => {
    if (target.name) isChanged = true
  })
  form.addEventListener('submit', () => {
    isChanged = false
  })
  addEventListener('beforeunload', (event) => {
    if (isChanged) event.preventDefault()
  })
}

/** Ignores a second click. After five seconds without an answer, or a step back in the browser, the form can be sent again. */
function sendOnce(form) {
  let sentAt = -Infinity
  form.addEventListener('submit', (event) => {
    if (Date.now() - sentAt < 5000) event.preventDefault()
    else sentAt = Date.now()
  })
  addEventListener('pageshow', () => {
    sentAt = -Infinity
  })
}
